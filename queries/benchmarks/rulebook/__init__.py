"""Whether words about a benchmark result may be published: the rules they obey, per rule book."""

from queries.benchmarks.rulebook import facts as claims
from queries.benchmarks.rulebook import findings, io500, mlperf
from queries.benchmarks.rulebook.facts import Facts
from queries.benchmarks.rulebook.rule import Broken

__all__ = ["Broken", "Facts", "lint"]


def lint(text: str, facts: Facts | None = None) -> tuple[Broken, ...]:
    """Every rule that a text breaks, in the order of the text; none for a text that says nothing.

    The rules are those of MLCommons and of the IO500 Foundation for speaking of results, and
    Bellwether's own: a difference with its n, interval, unit and direction, no best case, no
    significance without a margin. With `facts` the numbers are held against the claim's own, at
    the decimals written, and a refused claim may not read as one that holds. A rule reads words,
    not meaning: what it passes can still mislead.
    """
    found = [*findings.broken(text), *mlperf.broken(text), *io500.broken(text)]
    if facts is not None:
        found += claims.broken(text, facts)
    return tuple(sorted(found, key=lambda broken: broken.span))
