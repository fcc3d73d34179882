"""Why a score changed between two dates."""
