"""What people do here and what is sealed for good: append-only, transactional, SQLite by default.

The room knows no other. Rows are appended and never changed; every write is whole or not there.
"""

from ledger.copying import copy_ledger
from ledger.errors import LedgerError
from ledger.query import LedgerQuery
from ledger.store import Ledger, open_ledger

__all__ = ["Ledger", "LedgerError", "LedgerQuery", "copy_ledger", "open_ledger"]
