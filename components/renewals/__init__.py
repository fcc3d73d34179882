"""Drawing renewals."""
