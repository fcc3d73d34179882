"""Drawing health, its changes and its proof."""
