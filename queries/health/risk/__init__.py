"""The probability that an account leaves, and the ARR that is expected to go."""
