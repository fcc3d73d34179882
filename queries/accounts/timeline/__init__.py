"""What happened to one account, event by event."""
