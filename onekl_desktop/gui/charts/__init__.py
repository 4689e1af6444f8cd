"""Charts of indicator values."""
