"""Foreign formats: what people bring is read, explained and turned into what the project stores."""
