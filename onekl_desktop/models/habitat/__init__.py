"""Quality and rarity of habitat."""
