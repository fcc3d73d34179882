"""Which rows of the ledger a reader wants."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class LedgerQuery:
    """Rows of a ledger table by the data date they belong to, and by account.

    `first` and `last` are inclusive data dates, None for no bound; an annotation's is the day of
    its instant in UTC. `account_id` None is every account; an annotation belongs to an account
    only where the account is its subject. `columns` are those wanted, every one where none is
    named. A question is given the rows of the accounts it may show; `whole_book` sets that aside:
    what is learned from all accounts is read under the system's own right, and no row of it is
    shown to anybody.
    """

    table: str
    first: dt.date | None = None
    last: dt.date | None = None
    account_id: str | None = None
    columns: tuple[str, ...] = ()
    whole_book: bool = False
