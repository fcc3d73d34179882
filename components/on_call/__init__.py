"""What the On-call page shows."""
