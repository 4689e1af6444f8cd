"""Boxes and arrows that can be moved and joined."""
