"""Drawing the definitions."""
