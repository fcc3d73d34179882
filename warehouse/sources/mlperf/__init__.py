"""MLPerf Storage results, as submitters publish them."""
