"""What leaves the app as a file: what is in it, its button, and its way out."""
