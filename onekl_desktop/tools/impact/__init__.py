"""What was measured, beside the target and the forecast."""
