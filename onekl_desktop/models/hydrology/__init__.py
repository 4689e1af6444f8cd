"""Where water flows, gathers and comes from."""
