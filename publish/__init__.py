"""Deliver: entries says what of a story is shown, body writes its HTML; feeds and site are made of both."""
