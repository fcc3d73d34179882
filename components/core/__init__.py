"""What every page is made of, and knows no subject."""
