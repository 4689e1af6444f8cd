"""Core revisions."""
