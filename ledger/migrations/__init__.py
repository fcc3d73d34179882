"""The history of the ledger's schema, one for SQLite and PostgreSQL; none takes back a row."""
