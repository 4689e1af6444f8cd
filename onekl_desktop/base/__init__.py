"""Words everybody uses; imports nothing of ours."""
