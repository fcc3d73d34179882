"""One module per change of the schema; each names the revision before it."""
