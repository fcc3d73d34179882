"""The figures of benchmark claims, and the picture and slide of a claim."""
