"""Drawing the numbers of the whole business."""
