"""Land cover that changes near or far from an edge."""
