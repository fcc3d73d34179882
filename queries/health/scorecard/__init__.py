"""Scorecards, the score they give each account, and the history of scores."""
