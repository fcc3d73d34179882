"""The contract: every table of the warehouse and the ledger, declared once, and its column kinds.

`tables` collects the declarations; this package itself imports nothing, so that a rollup's file
may use the kinds of column and still be one of the tables collected.
"""
