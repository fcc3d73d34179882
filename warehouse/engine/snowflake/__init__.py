"""Snowflake as the warehouse: the login, the sessions, one query at a time, and its errors."""
