"""Cash flow of a project and its measures."""
