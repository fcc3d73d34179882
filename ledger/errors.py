"""What can go wrong at the ledger's door, each with one sentence and what to try."""

from errors import CORRECT_IT, TRY_AGAIN, UserError

NOTHING_RECORDED = "Nothing was recorded. Quote the reference to whoever operates Bellwether."


class LedgerError(UserError):
    """An error at the ledger's door."""


class AddressInvalid(LedgerError):
    """The ledger's URL names neither a SQLite file nor a PostgreSQL database."""

    sentence_for_readers = "The setting that says where the ledger is cannot be used."
    remedy_for_readers = CORRECT_IT


class OwnerUndeclared(LedgerError):
    """A table of the ledger says neither whose rows it holds nor that they are shared."""

    sentence_for_readers = "Nothing says who may see these rows, so nobody does."
    remedy_for_readers = "Ask whoever operates Bellwether to check the ledger."

    def __init__(self, table: str) -> None:
        super().__init__(
            f"Nothing says who may see the rows of {table}, so nobody does.",
            "Declare in the ledger which account its rows belong to, or that they are shared.",
        )


class LedgerUnavailable(LedgerError):
    """The ledger could not be opened, or did not answer."""

    remedy_for_readers = TRY_AGAIN


class LedgerBusy(LedgerError):
    """Others kept the ledger for longer than a writer waits."""


class LedgerFull(LedgerError):
    """There is no room for another row."""

    remedy_for_readers = NOTHING_RECORDED


class LedgerReadOnly(LedgerError):
    """The ledger takes no rows from this user or in this state."""

    remedy_for_readers = NOTHING_RECORDED


class LedgerNewer(LedgerError):
    """A newer Bellwether has changed the ledger's tables."""

    remedy_for_readers = "Ask whoever operates Bellwether to update it."


class CopyRefused(LedgerError):
    """A ledger is not copied onto one that has rows."""


class ActionInvalid(LedgerError):
    """An action says something that is not recorded."""


class ActionIdTaken(LedgerError):
    """An action has the id of another that says something else."""


class ScoresInvalid(LedgerError):
    """A frame of scores breaks a rule of the score history."""


class AnnotationInvalid(LedgerError):
    """An annotation says something that is not recorded."""
