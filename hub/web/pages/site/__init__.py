"""Pages about the site itself: privacy, its map."""
