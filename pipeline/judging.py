"""What an article is found to be under the settings in force, and what stands above its score."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from pipeline.article import Article, RawArticle, SiteFacts, Verdict
from pipeline.settings import Settings
from pipeline.stages import lexicon
from pipeline.stages.documents import documents
from pipeline.stages.fingerprint import content_key, text_key
from pipeline.stages.lexicon import Lexicon, LexiconError
from pipeline.stages.normalise import SHANGHAI, canonical_url
from pipeline.stages.outlets import home_of, is_local, outlet
from pipeline.stages.regions import regions
from pipeline.stages.relevance import judge
from pipeline.stages.topics import topics
from storage.errors import SettingsError

KEPT = "人工判断：属于。"
REFUSED = "人工判断：不属于。"
SAME_TEXT = "正文与已收录的文章相同。"


def judged(raw: RawArticle, settings: Settings, words: Lexicon | None = None) -> Article:
    """A normalised article through all stages that need no database; `words` instead of the lexicon in force."""
    title, text = raw.title or "", raw.text
    written_by = outlet(raw.source, text, raw.site)
    return Article(
        raw=raw,
        canonical_url=canonical_url(raw.url),
        verdict=verdict_on(title, text, raw.site, settings, words),
        topics=tuple(topic.name for topic in topics(title, text)),  # also if not relevant: it may be admitted
        regions=regions(title, text, home_of(written_by, raw.site), local=is_local(written_by)),
        outlet=written_by,
        documents=documents(title, text, raw.document_number, raw.issuer),
        text_key=text_key(title, text, day=_day(raw), url=raw.url),
        content_key=content_key(raw),
    )


def lexicon_of(settings: Settings) -> Lexicon:
    """The words in force: those of the settings, with the model that `zhijiao train --apply` left, if it did."""
    try:
        return lexicon.lexicon(settings.lexicon, trained(settings))
    except LexiconError as error:
        raise SettingsError(str(error)) from None


def trained(settings: Settings) -> Path:
    """Where a model trained here lies: with the data for the lexicon of the program, else in the lexicon's folder."""
    return (settings.lexicon or settings.home / "lexicon") / lexicon.MODEL


def verdict_on(
    title: str, text: str, site: SiteFacts | None, settings: Settings, words: Lexicon | None = None
) -> Verdict:
    words = words or lexicon_of(settings)
    return judge(title, text, site, threshold=settings.threshold, review_band=settings.review_band, words=words)


def decided(verdict: Verdict, *, relevant: bool) -> Verdict:
    """A person's decision stands above the score, and ends the doubt."""
    reasons = tuple(reason for reason in verdict.reasons if reason not in (KEPT, REFUSED))
    reasons = (KEPT if relevant else REFUSED, *reasons)
    return replace(verdict, relevant=relevant, review=False, ground="person", reasons=reasons)


def admitted(verdict: Verdict) -> Verdict:
    """Only its title spoke against an article whose text is that of one that belongs."""
    return replace(verdict, relevant=True, ground="text", reasons=(SAME_TEXT, *verdict.reasons))


def _day(raw: RawArticle) -> date | None:
    return raw.published.astimezone(SHANGHAI).date() if raw.published else None
