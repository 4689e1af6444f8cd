"""1KL Desktop: one project file for a landscape partnership, offline."""

__version__ = "0.1.0"
