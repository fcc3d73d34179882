"""What can go wrong at the ledger's door, each with one sentence and what to try."""


class LedgerError(Exception):
    """A fault a person meets: `sentence` says what is wrong, `remedy` what to try."""

    def __init__(self, sentence: str, remedy: str) -> None:
        super().__init__(f"{sentence} {remedy}")
        self.sentence = sentence
        self.remedy = remedy


class AddressInvalid(LedgerError):
    """The ledger's URL names neither a SQLite file nor a PostgreSQL database."""


class LedgerUnavailable(LedgerError):
    """The ledger could not be opened, or did not answer."""


class LedgerBusy(LedgerError):
    """Others kept the ledger for longer than a writer waits."""


class LedgerFull(LedgerError):
    """There is no room for another row."""


class LedgerReadOnly(LedgerError):
    """The ledger takes no rows from this user or in this state."""


class LedgerNewer(LedgerError):
    """A newer Bellwether has changed the ledger's tables."""


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
