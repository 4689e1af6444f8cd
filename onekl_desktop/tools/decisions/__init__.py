"""Discussion and decisions on anything: comments, proposals, votes by declared methods, minutes."""
