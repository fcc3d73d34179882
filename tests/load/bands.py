"""Whether the bands of the card in force order what happens in companies nobody tuned it on.

The seeds were written down before anything of the demo company or of the card was tuned.
"""

SEEDS = tuple(range(101, 121))
