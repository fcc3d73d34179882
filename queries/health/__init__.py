"""Account health by versioned scorecards: the score, what it is made of, and why it changed."""
