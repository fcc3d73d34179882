"""What became of the scores: bands, gates and misses."""
