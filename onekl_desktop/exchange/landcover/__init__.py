"""Land-cover maps of several dates, and what goes with them, laid over one another."""
