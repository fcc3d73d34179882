"""What can go wrong at the warehouse's door, each with one sentence and what to try."""


class WarehouseError(Exception):
    """A fault a person meets: `sentence` says what is wrong, `remedy` what to try."""

    def __init__(self, sentence: str, remedy: str) -> None:
        super().__init__(f"{sentence} {remedy}")
        self.sentence = sentence
        self.remedy = remedy


class WarehouseMissing(WarehouseError):
    """There is no warehouse at the address."""


class WarehouseUnavailable(WarehouseError):
    """The warehouse is there and did not answer."""


class ReadTimedOut(WarehouseError):
    """A read ran into its time limit and was cancelled in the engine."""


class ContractBroken(WarehouseError):
    """The connected warehouse lacks a table or column that a question reads."""


class WarehouseBusy(WarehouseError):
    """Another process is writing to the same warehouse."""


class SettingInvalid(WarehouseError):
    """A setting has a value that cannot be used."""
