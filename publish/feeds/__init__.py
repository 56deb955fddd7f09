"""Feeds: released stories -> entries -> bytes (formats, on feedgen as generator mends it) -> check -> files, all by write."""
