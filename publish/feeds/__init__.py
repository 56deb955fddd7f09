"""Feeds, led by write: stories -> entries -> bytes (formats, on feedgen as generator mends it) -> check -> files."""
