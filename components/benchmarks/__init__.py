"""What the Benchmarks page shows, and the files of a claim."""
