"""Land use in years to come: how much changes, where it is likely, and how well that would have been foreseen."""
