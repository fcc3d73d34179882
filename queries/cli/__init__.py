"""The commands of `python -m queries`, one module each."""
