"""Soil that rain washes away, and where it ends up."""
