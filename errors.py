"""What a person meets when something goes wrong: one sentence, and what to try."""

import re

# An absolute path: in quotes, where it may hold blanks, or up to the next one.
PATH = re.compile(r"""(["'])/[^"']+\1|(?<![\w.:/])/[\w.-]+/[^\s"',;]*[^\s"',;.:]""")

# What whoever reads a page can try, where whoever operates Bellwether has to do the rest.
TRY_AGAIN = "Try again; if it persists, quote the reference to whoever operates Bellwether."
CORRECT_IT = "Ask whoever operates Bellwether to correct it."


class UserError(Exception):
    """An error a person meets: `sentence` says what is wrong, `remedy` what to try.

    `engine_says` is what a database or the machine said of it in its own words: a terminal and the
    log tell it, a page never. `sentence_for_readers` and `remedy_for_readers` are for whoever reads
    a page, where `sentence` and `remedy` are for whoever operates Bellwether.
    """

    sentence_for_readers = ""
    remedy_for_readers = ""

    def __init__(self, sentence: str, remedy: str, engine_says: str = "") -> None:
        self.sentence = sentence
        self.remedy = remedy
        self.engine_says = engine_says
        super().__init__(f"{self.in_full} {remedy}")

    @property
    def for_readers(self) -> tuple[str, str]:
        """What is wrong and what to try, as whoever reads a page is told it."""
        return (
            self.sentence_for_readers or self.sentence,
            self.remedy_for_readers or self.remedy,
        )

    @property
    def in_full(self) -> str:
        """The sentence with what the engine says, for a terminal and the log."""
        if not self.engine_says:
            return self.sentence
        return f"{self.sentence.removesuffix('.')}: {self.engine_says}."


def first_line(error: Exception | str) -> str:
    """What an engine says in its first line, without the full stop and without a path."""
    return PATH.sub("…", str(error).partition("\n")[0]).rstrip(".")
