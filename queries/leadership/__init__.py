"""The numbers of the whole business."""
