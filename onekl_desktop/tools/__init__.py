"""One folder a tool, each blind to the others: tools meet only in the project file."""
