"""Votes, scores and progress: what groups decide and how far things are."""
