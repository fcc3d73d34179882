"""How an account uses its commitment, and where that leads."""
