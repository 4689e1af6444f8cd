"""Members, agreements, consents and decisions."""
