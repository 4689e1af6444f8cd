"""The terminal's composition root: every operation, run and report without a window."""
