"""Layers, styles, an extent and a size become a picture: the same for the canvas, for reports and for tests."""
