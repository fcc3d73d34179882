"""Units of measured values: what they count, and how many of one make another."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from warehouse.sources.batch import LoadRefused

# Bytes in powers of ten and of two, bits, and seconds: one spelling each.
_BYTES = {"B": 1.0}
_BYTES |= {f"{letter}B": 1000.0**power for power, letter in enumerate("kMGTP", start=1)}
_BYTES |= {f"{letter}iB": 1024.0**power for power, letter in enumerate("KMGTP", start=1)}
_BITS = {f"{letter}bit": 1000.0**power / 8 for power, letter in enumerate(["", *"kMGTP"])}
_TIMES = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "min": 60.0, "h": 3600.0}
_SPELT = {"sec": "s", "seconds": "s", "second": "s", "bytes": "B", "byte": "B"}


def _ambiguous() -> Iterator[tuple[str, str]]:
    """Every spelling that may mean more than one unit, with the units to choose from."""
    for power, letter in enumerate("KMGTP", start=1):
        ten = "k" if letter == "K" else letter
        decimal, binary, bits = f"{ten}B", f"{letter}iB", f"{ten}bit"
        size = f"{decimal} (1000^{power} bytes) or {binary} (1024^{power} bytes)"
        rate = f"{decimal}/s (1000^{power} bytes/s) or {binary}/s (1024^{power} bytes/s)"
        yield letter, size
        yield f"{letter}Bps", rate
        yield f"{letter}b", f"{bits} or {decimal}"
        yield f"{letter}bps", f"{bits}/s or {decimal}/s"
        yield f"{letter.lower()}b", f"{decimal}, {binary} or {bits}"
        yield f"{letter.lower()}bps", f"{decimal}/s, {binary}/s or {bits}/s"
    yield from dict.fromkeys(("k", "KB"), "kB (1,000 bytes) or KiB (1,024 bytes)").items()
    yield "kBps", "kB/s (1,000 bytes/s) or KiB/s (1,024 bytes/s)"


_AMBIGUOUS = dict(_ambiguous())


class UnitUnclear(LoadRefused):
    """A unit means more than one thing, or nothing that is known here."""


@dataclass(frozen=True)
class Known:
    """What a unit counts, as a word for comparison, and how many of the plain one it is."""

    dimension: str
    scale: float


def known(unit: str) -> Known:
    """The meaning of a unit such as `MiB/s`, `ms` or `samples/s`.

    A word that is no unit of bytes, bits or time counts itself, as `samples`. 1 MB is 10^6 bytes
    and 1 MiB 2^20; what could be either is refused.

    Raises:
        UnitUnclear: the unit is ambiguous or empty.
    """
    counted, slash, per = unit.strip().partition("/")
    for part in (unit.strip(), counted, per):
        if part in _AMBIGUOUS:
            raise UnitUnclear(
                f"The unit {part!r} can mean more than one thing.", f"Write {_AMBIGUOUS[part]}."
            )
    if not counted or (slash and not per):
        raise UnitUnclear(f"The unit {unit!r} is empty on a side.", "Write one such as MiB/s.")
    above, below = _single(counted), _single(per) if per else Known("", 1.0)
    dimension = f"{above.dimension}/{below.dimension}" if slash else above.dimension
    return Known(dimension, above.scale / below.scale)


def is_alike(unit: str, other: str) -> bool:
    """Whether both units count the same, so that one can be said in the other.

    Raises:
        UnitUnclear: one of them is ambiguous.
    """
    return known(unit).dimension == known(other).dimension


def conversion(unit: str, wanted: str) -> float:
    """By what a value in `unit` is multiplied to be one in `wanted`.

    Raises:
        UnitUnclear: one of them is ambiguous, or they count different things.
    """
    found, target = known(unit), known(wanted)
    if found.dimension != target.dimension:
        close = get_close_matches(wanted, [*_BYTES, *_TIMES], n=1)
        hint = f" Did you mean {close[0]}?" if close and close[0] != wanted else ""
        raise UnitUnclear(
            f"A value in {unit} cannot be said in {wanted}: they count different things.",
            f"Name a unit of the same kind.{hint}",
        )
    return found.scale / target.scale


def _single(word: str) -> Known:
    plain = _SPELT.get(word, word)
    for dimension, scales in (("bytes", _BYTES | _BITS), ("seconds", _TIMES)):
        if plain in scales:
            return Known(dimension, scales[plain])
    return Known(plain, 1.0)
