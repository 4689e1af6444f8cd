"""Land cover after interventions, and class areas by zone."""
