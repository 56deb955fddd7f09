"""Pages into values, purely: page.py (charset, meta, flow) -> article.py, listing.py or feed.py, asking families/."""
