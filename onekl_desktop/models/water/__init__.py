"""Water that a landscape yields."""
