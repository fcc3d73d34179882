"""A law over many cases is one test that names each case which breaks it."""

import pytest

from tests.law import holds_for


def test_each_case_that_breaks_the_law_is_reported_with_its_name():
    @holds_for(["even 2", "odd 3", "even 4", "odd 5"])
    def law(case):
        assert case.startswith("even")

    with pytest.raises(ExceptionGroup, match="2 of 4 cases") as raised:
        law()
    assert [error.__notes__[-1] for error in raised.value.exceptions] == [
        "The case: odd 3",
        "The case: odd 5",
    ]


def test_a_law_of_no_case_fails():
    with pytest.raises(AssertionError, match="no case"):
        holds_for([])(lambda _: None)()


def test_what_is_no_finding_of_the_law_is_not_held_back():
    with pytest.raises(KeyError):
        holds_for(["a"])(lambda case: {}[case])()
