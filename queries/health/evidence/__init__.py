"""Does a score predict anything? Tiers by evidence, fits, out-of-time proof, and its gates."""
