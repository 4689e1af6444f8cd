"""The desktop's composition root: start, window, start page, crash and recovery."""
