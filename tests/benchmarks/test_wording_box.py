"""The rules that a sentence breaks, as a list that carries nothing of the data as markup."""

from components.benchmarks import wording_box
from queries.benchmarks.rulebook import Broken, lint


def test_each_broken_rule_says_what_is_wrong_what_to_write_and_whose_it_is():
    broken = Broken(
        "no *best* case", "The <rulebook>", (0, 5), "It says up to.", "Give the median."
    )
    assert wording_box.verdict([broken]) == (
        "- :red[▲] **no \\*best\\* case** It says up to. Give the median. :gray[The \\<rulebook\\>]"
    )


def test_up_to_is_broken_and_a_plain_sentence_is_not():
    assert wording_box.verdict(lint("Our storage is up to 23 % faster.")).startswith("- :red[▲]")
    said = wording_box.verdict(lint("We measured two systems."))
    assert said.startswith(":green[●\N{NO-BREAK SPACE}No\N{NO-BREAK SPACE}rule")
