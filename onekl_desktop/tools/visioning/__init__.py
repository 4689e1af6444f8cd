"""Goals with numbers, priorities by vote, and the action plan."""
