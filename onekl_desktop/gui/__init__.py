"""A Qt kit that knows no tool."""
