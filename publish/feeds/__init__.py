"""Feeds, led by write: what is new is placed (standing; catalogue and saved say where), the feeds that it touches are
rendered (formats, render, on feedgen as generator mends it; jsonfeed, opml), checked, put in place (check, files)."""
