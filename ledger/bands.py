"""The bands of a health score, the worst first: the one set that every room knows."""

AT_RISK, WATCH, HEALTHY = BANDS = ("at_risk", "watch", "healthy")
# Too little of the account is known for any of them.
UNKNOWN = "unknown"
