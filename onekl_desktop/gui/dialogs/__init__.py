"""Dialogs that any tool may need."""
