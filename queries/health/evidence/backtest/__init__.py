"""The backtest of a table of outcomes from the terminal."""
