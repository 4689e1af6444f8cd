"""What may leave, documents and photos, and the bundle for other landscapes."""
