"""The action plan: who does what, when, after what, for how much, and what gets in each other's way."""
