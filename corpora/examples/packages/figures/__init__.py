"""Rectangles, their measures, and which of them is the largest."""
