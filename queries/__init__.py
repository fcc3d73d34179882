"""What is asked: pure questions over declared reads, each returning one declared shape."""
