"""A law held over every case of a register by one test."""

from collections.abc import Callable, Collection
from typing import Any


def holds_for(cases: Collection[Any]) -> Callable[[Callable[[Any], None]], Callable[[], None]]:
    """Make `law(case)` one test over all `cases`, which reports every case that breaks it.

    A test for each would cost more to set up than such a law takes to look. No case at all fails.
    """

    def over_all(law: Callable[[Any], None]) -> Callable[[], None]:
        def test() -> None:
            assert cases, "There is no case to hold the law for."
            broken = []
            for case in cases:
                try:
                    law(case)
                except AssertionError as error:
                    error.add_note(f"The case: {case}")
                    broken.append(error)
            if broken:
                raise ExceptionGroup(f"{len(broken)} of {len(cases)} cases", broken)

        return test

    return over_all
