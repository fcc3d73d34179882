"""What can go wrong at the warehouse's door, each with one sentence and what to try."""

from errors import CORRECT_IT, TRY_AGAIN, UserError, first_line

ASK_THE_OPERATOR = "Ask whoever operates Bellwether to check the warehouse."


class WarehouseError(UserError):
    """An error at the warehouse's door."""


class WarehouseMissing(WarehouseError):
    """There is no warehouse at the address."""

    remedy_for_readers = "Ask whoever operates Bellwether to load it."


class WarehouseUnavailable(WarehouseError):
    """The warehouse is there and did not answer."""

    remedy_for_readers = TRY_AGAIN


class ConversionFailed(WarehouseUnavailable):
    """A cell cannot become what was asked of it; `engine_says` which."""

    remedy_for_readers = ASK_THE_OPERATOR

    def __init__(self, engine_says: str) -> None:
        super().__init__(
            "The warehouse could not be read.",
            "Run `python -m warehouse check` to see which column it is.",
            engine_says,
        )


class ReadTimedOut(WarehouseError):
    """A read ran into its time limit and was cancelled in the engine."""


class ReadAbandoned(WarehouseError):
    """A read was cancelled in the engine because nobody waits for it any more."""


class ContractBroken(WarehouseError):
    """The connected warehouse lacks a table or column that a question reads."""

    remedy_for_readers = ASK_THE_OPERATOR


class OwnerUndeclared(WarehouseError):
    """A table of the contract says neither whose rows it holds nor that they are shared."""

    sentence_for_readers = "Nothing says who may see these rows, so nobody does."
    remedy_for_readers = ASK_THE_OPERATOR

    def __init__(self, table: str) -> None:
        super().__init__(
            f"Nothing says who may see the rows of {table}, so nobody does.",
            "Declare in the contract which account its rows belong to, or that they are shared.",
        )


class WarehouseBusy(WarehouseError):
    """Another process is writing to the same warehouse."""


class SettingInvalid(WarehouseError):
    """A setting has a value that cannot be used."""

    sentence_for_readers = "A setting of Bellwether cannot be used."
    remedy_for_readers = CORRECT_IT


class MapInvalid(WarehouseError):
    """The map of a company's own tables says something that cannot be used."""

    sentence_for_readers = "The map of your company's own tables cannot be used."
    remedy_for_readers = CORRECT_IT


def missing() -> WarehouseMissing:
    """No file lies at the warehouse's address."""
    return WarehouseMissing(
        "There is no warehouse at its address.",
        "Build the demo with `make run`, load your own tables with "
        "`python -m warehouse load tables FOLDER`, or correct BELLWETHER_WAREHOUSE.",
    )


def unreadable(error: Exception) -> WarehouseUnavailable:
    """The file at the warehouse's address is no warehouse."""
    return WarehouseUnavailable(
        "The warehouse's file cannot be read as a warehouse.",
        "Name another file in BELLWETHER_WAREHOUSE, or restore this one from a backup.",
        first_line(error),
    )


def overdue(seconds: float) -> ReadTimedOut:
    """The engine had not answered after `seconds`."""
    return ReadTimedOut(
        f"The warehouse did not answer in {seconds:g} s.", "Narrow the filters, or try again."
    )


def abandoned() -> ReadAbandoned:
    """Nobody waits for the read any more."""
    return ReadAbandoned("The read was given up: nobody waited for it any more.", "Ask again.")


def unmet(error: Exception | str) -> ContractBroken:
    """The engine found no such table or column."""
    return ContractBroken(
        "The warehouse does not meet the contract.",
        "Run `python -m warehouse check` to see every table and column that differs.",
        first_line(error),
    )
