"""A made-up company with known truth planted in it; the same rows every time.

`generate` gives its tables and truth as frames, `build` writes them to an embedded warehouse.
Everything in it is simulated.
"""

from warehouse.demo.build import COMPANY, build, is_current
from warehouse.demo.company import Demo, Progress, generate
from warehouse.demo.period import DATA_DATE, FIRST_DAY, LAST_DAY, LOADED_AT

__all__ = [
    "COMPANY",
    "DATA_DATE",
    "FIRST_DAY",
    "LAST_DAY",
    "LOADED_AT",
    "Demo",
    "Progress",
    "build",
    "generate",
    "is_current",
]
