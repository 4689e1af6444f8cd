"""Nutrients that reach the streams."""
