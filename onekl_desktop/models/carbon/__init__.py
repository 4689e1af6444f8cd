"""Carbon stored in the land."""
