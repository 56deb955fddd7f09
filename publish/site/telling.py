"""One story: its text, who carried it when, and how it was revised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from markupsafe import Markup

from publish.addresses import web_address
from publish.body import article_html
from publish.characters import one_line
from publish.entries import SHANGHAI, Entry, readable
from publish.site.differences import differences
from storage import articles, sites, stories
from storage.database import Database
from storage.records import ArticleRecord, StoryView


@dataclass(frozen=True)
class Carried:
    """By whom the story was carried, as printed and on which site, and when by its own date."""

    name: str
    url: str
    date: datetime
    has_time: bool


@dataclass(frozen=True)
class Revision:
    found: datetime
    changes: tuple[Markup, ...]  # empty where the site's text may not be shown, or what changed is not shown


@dataclass(frozen=True)
class Telling:
    entry: Entry
    html: Markup
    document_number: str | None
    topics: tuple[str, ...]
    regions: tuple[tuple[str, str], ...]
    site_id: str
    carried: tuple[Carried, ...]
    revisions: tuple[Revision, ...]  # last one first


def telling(database: Database, story_id: int, now: datetime) -> Telling | None:
    """None where there is no such story, or it cannot be shown."""
    with database.read() as db:
        view = stories.view(db, story_id)
        if view is None or view.story.withdrawn_at:
            return None
        carriers = articles.of_story(db, story_id)
        names = (
            {site.id: site.name for site in sites.listing(db)} if len(carriers) > 1 else {view.site.id: view.site.name}
        )
        former = [(at, record) for at, record in articles.revisions(db, view.article.id)]
    for entry in readable([view], now):
        return Telling(
            entry=entry,
            html=Markup(article_html(entry)),  # noqa: S704  (held to an allow-list there)
            document_number=one_line(view.article.document_number or "") or None,
            topics=view.article.topics,
            regions=view.article.regions,
            site_id=view.site.id,
            carried=tuple(filter(None, (_carried(article, names[article.site_id]) for article in carriers))),
            revisions=_revisions(view, former),
        )
    return None


def _carried(article: ArticleRecord, site: str) -> Carried | None:
    url = web_address(article.url)
    date = article.published or article.first_seen_at
    if url is None or date is None:
        return None
    source = one_line(article.source or "")
    name = f"{source} · {one_line(site)}" if source and source != site else one_line(site)
    return Carried(name, url, date.astimezone(SHANGHAI), article.precision == "minute")


def _revisions(view: StoryView, former: Sequence[tuple[datetime, ArticleRecord]]) -> tuple[Revision, ...]:
    """Each reading beside the one that took its place."""
    readings = [*(record for _, record in former), view.article]
    shown = view.site.publishing == "full"
    found = [
        Revision(at.astimezone(SHANGHAI), tuple(differences(_lines(old), _lines(new))) if shown else ())
        for (at, _), (old, new) in zip(former, pairwise(readings), strict=True)
    ]
    return tuple(reversed(found))


def _lines(article: ArticleRecord) -> list[str]:
    facts = (article.title, article.source, article.author, article.document_number)
    files = (name for _, name in article.attachments)
    return [one_line(text) for text in (*facts, *article.paragraphs, *files) if text]
