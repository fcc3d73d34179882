"""What is known of each account, and the churn indicators told from it."""
