"""All projects: stages, sums, and no hectare counted twice."""
