"""What a new reading of an article's page has lost of the text that stood there: a blip is no revision."""

from difflib import SequenceMatcher
from typing import Literal
from urllib.parse import urlsplit

from pipeline.article import RawArticle
from pipeline.stages.fingerprint import letters

Loss = Literal["less", "other"]
SAMPLE = 4  # letters that are compared together
KEPT = 0.7  # of a text: what is left of one that was edited
OTHER = 0.2  # and what two different texts of one page frame have in common
ALIKE = 0.5  # of two titles
LONGEST_TITLE = 200  # letters compared; the time grows with their square


def loss(old: RawArticle, new: RawArticle) -> Loss | None:
    """`less`: most of it still stands there, or its title; `other`: another text does. None: nothing is lost.

    An article of pictures or files alone is known by these.
    """
    before = _samples(old.text)
    if not before:
        if _files(old) & _files(new):
            return None
        if not _alike(old, new):
            return "other"
        return "less" if _files(old) else None
    kept = len(before & _samples(new.text)) / len(before)
    if kept < KEPT:
        return "less" if kept >= OTHER or not new.text or _alike(old, new) else "other"
    gone = (old.images and not new.images) or (old.attachments and not new.attachments)
    return "less" if gone else None


def _files(article: RawArticle) -> set[str]:
    """The names of its pictures and attachments, which stay when a site serves them from another host."""
    urls = (*(image.url for image in article.images), *(file.url for file in article.attachments))
    return {urlsplit(url).path.rpartition("/")[2] for url in urls}


def _samples(text: str) -> set[str]:
    text = letters(text)
    return {text[at : at + SAMPLE] for at in range(len(text) - SAMPLE + 1)}


def _alike(old: RawArticle, new: RawArticle) -> bool:
    """By their titles; one without a title may be any."""
    one, other = (letters(article.title or "")[:LONGEST_TITLE] for article in (old, new))
    return not one or not other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
