"""The map: a widget that shows finished pictures, and the tools that draw on it."""
