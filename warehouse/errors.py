"""What can go wrong at the warehouse's door, each with one sentence and what to try."""

import re

# An absolute path: in quotes, where it may hold blanks, or up to the next one.
PATH = re.compile(r"""(["'])/[^"']+\1|(?<![\w.:/])/[\w.-]+/[^\s"',;]*[^\s"',;.:]""")

ASK_THE_OPERATOR = "Ask whoever operates Bellwether to check the warehouse."


class WarehouseError(Exception):
    """A fault a person meets: `sentence` says what is wrong, `remedy` what to try.

    `for_readers` is what whoever reads a page can try, where the remedy is for whoever operates it.
    """

    for_readers = ""

    def __init__(self, sentence: str, remedy: str) -> None:
        super().__init__(f"{sentence} {remedy}")
        self.sentence = sentence
        self.remedy = remedy


class WarehouseMissing(WarehouseError):
    """There is no warehouse at the address."""

    for_readers = "Ask whoever operates Bellwether to load it."


class WarehouseUnavailable(WarehouseError):
    """The warehouse is there and did not answer."""

    for_readers = "Try again; if it persists, quote the reference to whoever operates Bellwether."


class ConversionFailed(WarehouseUnavailable):
    """A cell cannot become what was asked of it; `reason` is what the engine says of it."""

    for_readers = ASK_THE_OPERATOR

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The warehouse could not be read: {reason}.",
            "Run `python -m warehouse check` to see which column it is.",
        )
        self.reason = reason


class ReadTimedOut(WarehouseError):
    """A read ran into its time limit and was cancelled in the engine."""


class ReadAbandoned(WarehouseError):
    """A read was cancelled in the engine because nobody waits for it any more."""


class ContractBroken(WarehouseError):
    """The connected warehouse lacks a table or column that a question reads."""

    for_readers = ASK_THE_OPERATOR


class WarehouseBusy(WarehouseError):
    """Another process is writing to the same warehouse."""


class SettingInvalid(WarehouseError):
    """A setting has a value that cannot be used."""

    for_readers = "Ask whoever operates Bellwether to correct it."


class MapInvalid(WarehouseError):
    """The map of a company's own tables says something that cannot be used."""

    for_readers = "Ask whoever operates Bellwether to correct it."


def first_line(fault: Exception | str) -> str:
    """What an engine says in its first line, without the full stop and without a path."""
    return PATH.sub("…", str(fault).partition("\n")[0]).rstrip(".")


def missing() -> WarehouseMissing:
    """No file lies at the warehouse's address."""
    return WarehouseMissing(
        "There is no warehouse at its address.",
        "Build the demo with `make run`, load your own tables with "
        "`python -m warehouse load tables FOLDER`, or correct BELLWETHER_WAREHOUSE.",
    )


def unreadable(fault: Exception) -> WarehouseUnavailable:
    """The file at the warehouse's address is no warehouse."""
    return WarehouseUnavailable(
        f"The warehouse's file is not a DuckDB warehouse that can be read: {first_line(fault)}.",
        "Name another file in BELLWETHER_WAREHOUSE, or restore this one from a backup.",
    )


def overdue(seconds: float) -> ReadTimedOut:
    """The engine had not answered after `seconds`."""
    return ReadTimedOut(
        f"The warehouse did not answer in {seconds:g} s.", "Narrow the filters, or try again."
    )


def abandoned() -> ReadAbandoned:
    """Nobody waits for the read any more."""
    return ReadAbandoned("The read was given up: nobody waited for it any more.", "Ask again.")


def unmet(fault: Exception | str) -> ContractBroken:
    """The engine found no such table or column."""
    return ContractBroken(
        f"The warehouse does not meet the contract: {first_line(fault)}.",
        "Run `python -m warehouse check` to see every table and column that differs.",
    )
