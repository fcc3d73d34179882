"""What becomes of a benchmark claim when it is challenged."""
