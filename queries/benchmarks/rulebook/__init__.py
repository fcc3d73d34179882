"""The rules that words about a benchmark result obey, one module per rule book."""
