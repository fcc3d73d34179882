"""Which numbers a table shows in whole steps and which as money, whether it is a grid or text."""

DOLLARS = frozenset({"USD", "USD per year"})
WHOLE = DOLLARS | {"TiB", "TiB-Hours", "TiB-Hours for capacity, TiB for egress"}
