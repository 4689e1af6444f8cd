"""The governance self-assessment."""
