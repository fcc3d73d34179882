"""One account: what happened to it, what it bought, uses and asks for, and who speaks for it."""
