"""Chance that comes out the same on every Python, numpy and machine.

Only the raw uniform stream of PCG64 is used, which numpy keeps fixed; everything else is built
from it with arithmetic whose results are the same to the last bit or rounded soon after.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

# The company that ships; any other seed makes another company of the same kind.
SHIPPED_SEED = 1
T = TypeVar("T")
Floats = NDArray[np.float64]


class Draws:
    """An independent stream for each `label`, so that one table's draws never shift another's.

    Without a `seed` the stream is the same in every company, e.g. for the names of people.
    """

    def __init__(self, label: str, seed: int = SHIPPED_SEED) -> None:
        edition = "first edition" if seed == SHIPPED_SEED else f"edition {seed}"
        digest = hashlib.sha256(f"demo company, {edition}: {label}".encode()).digest()
        start = int.from_bytes(digest[:16], "big")
        self._stream = np.random.Generator(np.random.PCG64(start))

    def uniforms(self, *shape: int) -> Floats:
        """Uniform numbers in [0, 1)."""
        return self._stream.random(shape)

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * float(self._stream.random())

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(float(self._stream.random()) * (high - low + 1))

    def chance(self, share: float) -> bool:
        return float(self._stream.random()) < share

    def one_of(self, options: Sequence[T], weights: Sequence[float] | None = None) -> T:
        """One option; `weights` are relative and default to equal."""
        if weights is None:
            return options[self.whole(0, len(options) - 1)]
        mark = float(self._stream.random()) * sum(weights)
        for option, weight in zip(options, weights, strict=True):
            mark -= weight
            if mark < 0:
                return option
        return options[-1]

    def shuffled(self, options: Sequence[T]) -> list[T]:
        order = np.argsort(self._stream.random(len(options)), kind="stable")
        return [options[int(place)] for place in order]
