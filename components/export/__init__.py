"""What leaves the house as a file: what is in it, its button, and its way out."""
