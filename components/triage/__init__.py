"""Drawing the queue and the actions on it."""
