"""Statistics that know no subject."""
