"""The card of a benchmark claim as files: PNG, PPTX and JSON."""
