"""What a plan costs and how much work it gives."""
