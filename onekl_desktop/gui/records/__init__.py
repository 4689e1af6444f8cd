"""Records as tables with their operations: what every tool's panel is made of."""
