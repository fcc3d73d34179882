"""What a reader sees: guard, filter bar, tiles, figures. It knows shapes, not questions."""
