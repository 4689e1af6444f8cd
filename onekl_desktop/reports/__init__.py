"""Pages as data, printed as PDF and HTML."""
