"""A made-up company with known truth planted in it; the same rows every time.

`warehouse.demo.company.generate` gives its tables and truth as frames, `build` writes them to an
embedded warehouse. Everything in it is simulated.
"""

from warehouse.demo.build import build, is_current

__all__ = ["build", "is_current"]
