"""What is asked of a project more than once. Each takes a reading session (or a bare connection) first."""
