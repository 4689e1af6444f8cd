"""Parts of the window that stay: message bar, jobs, drawer, rail."""
