"""How far a long step has come, on standard error."""

import sys
from typing import TextIO

from warehouse.flat import flat

_WIDTH = 30


class Progress:
    """One line that redraws itself on a terminal; elsewhere a line per new step."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._drawn = ""
        self._step = ""

    def step(self, step: str, fraction: float) -> None:
        """Say that `step` is under way and `fraction` (0 to 1) of the whole is done."""
        step = flat(step)
        if self._stream.isatty():
            done = round(_WIDTH * min(max(fraction, 0.0), 1.0))
            line = f"[{'#' * done}{'-' * (_WIDTH - done)}] {fraction:4.0%} {step}"
            self._stream.write(f"\r{line.ljust(len(self._drawn))}")
            self._drawn = line
            if fraction >= 1:
                self.close()
        elif step != self._step:
            self._stream.write(f"{step}\n")
        self._step = step
        self._stream.flush()

    def close(self) -> None:
        """End the line, so that what follows starts on one of its own."""
        if self._drawn:
            self._stream.write("\n")
            self._drawn = ""
