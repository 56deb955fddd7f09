"""Digests: what a week or month brought, as people of the field would write it by hand; nothing in it is invented.

window (which days) -> compose (reads storage) -> choosing (which article speaks for a story, in what order) -> digest
(counts, lines by headline, extracts by summary) -> render (HTML, Markdown) and word (Word), with the words of wording.
Whether links still work is asked by whoever makes a digest (`zhijiao/liveness.py`) and told by `Digest.with_links`.
"""
