"""Digests: what a week or month brought, as people of the field would write it by hand; nothing in it is invented.

window (which days) -> compose (reads storage) -> digest (choose, rank, count) with headline and summary (extracts of
sentences) -> liveness (are the links still there?) -> render (HTML, Markdown) and word (Word).
"""
