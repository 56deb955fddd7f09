"""One story: its text, who carried it when, and how it was revised."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, pairwise

from markupsafe import Markup

from publish.addresses import web_address
from publish.body import article_html
from publish.characters import one_line, plain
from publish.entries import SHANGHAI, Entry, readable
from publish.site.differences import differences
from storage import articles, kinships, sites, stories
from storage.database import Database
from storage.records import ArticleRecord, KinshipRecord, Relation, StoryView

WITHIN: frozenset[Relation] = frozenset({"excerpt", "extended", "script"})  # worth saying of a reprint
BESIDE: frozenset[Relation] = frozenset({"excerpt", "extended", "template", "amendment"})  # and of another story
MOST_RELATED = 10


@dataclass(frozen=True)
class Carried:
    """By whom the story was carried, as printed and on which site, and when by its own date."""

    name: str
    url: str
    date: datetime
    has_time: bool
    relation: Relation | None  # of its text to one that was there before, where it is not the same
    removed: bool  # its site does not show it any more


@dataclass(frozen=True)
class Related:
    """Another story whose text has much of this one's."""

    story_id: int
    title: str
    date: datetime
    relation: Relation
    earlier: bool  # than this one, by their dates


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
    related: tuple[Related, ...]  # closest first


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
        near = kinships.around(db, [article.id for article in carriers])
        beside = _beside(view, near)
        others = stories.views(db, list(beside))
    relations = {
        kin.article_id: kin.relation
        for kin, story in reversed(near)
        if story == view.story.id and kin.relation in WITHIN
    }
    for entry in readable([view], now):
        return Telling(
            entry=entry,
            html=Markup(article_html(entry)),  # noqa: S704  (held to an allow-list there)
            document_number=one_line(view.article.document_number or "") or None,
            topics=view.article.topics,
            regions=view.article.regions,
            site_id=view.site.id,
            carried=tuple(filter(None, (_carried(one, names[one.site_id], relations.get(one.id)) for one in carriers))),
            revisions=_revisions(view, former),
            related=tuple(
                _related(view, other, beside[other.story.id]) for other in others if not other.story.withdrawn_at
            ),
        )
    return None


def _beside(view: StoryView, near: Sequence[tuple[KinshipRecord, int | None]]) -> dict[int, Relation]:
    """Other stories that articles of this one are kin to, the closest first."""
    found: dict[int, Relation] = {}
    for kin, story_id in near:
        if story_id and story_id != view.story.id and kin.relation in BESIDE:
            found.setdefault(story_id, kin.relation)
    return dict(islice(found.items(), MOST_RELATED))


def _related(view: StoryView, other: StoryView, relation: Relation) -> Related:
    return Related(
        story_id=other.story.id,
        title=plain(other.article.title),
        date=other.story.published_at.astimezone(SHANGHAI),
        relation=relation,
        earlier=other.story.published_at < view.story.published_at,
    )


def _carried(article: ArticleRecord, site: str, relation: Relation | None) -> Carried | None:
    url = web_address(article.url)
    date = article.published or article.first_seen_at
    if url is None or date is None:
        return None
    source = one_line(article.source or "")
    name = f"{source} · {one_line(site)}" if source and source != site else one_line(site)
    minute = article.precision == "minute"
    return Carried(name, url, date.astimezone(SHANGHAI), minute, relation, article.removed_at is not None)


def _revisions(view: StoryView, former: Sequence[tuple[datetime, ArticleRecord]]) -> tuple[Revision, ...]:
    """Each reading beside the one that took its place."""
    readings = [*(record for _, record in former), view.article]
    shown = view.site.publishing == "full" and not view.article.removed_at
    found = [
        Revision(at.astimezone(SHANGHAI), tuple(differences(_lines(old), _lines(new))) if shown else ())
        for (at, _), (old, new) in zip(former, pairwise(readings), strict=True)
    ]
    return tuple(reversed(found))


def _lines(article: ArticleRecord) -> list[str]:
    facts = (article.title, article.source, article.author, article.document_number)
    files = (name for _, name in article.attachments)
    return [one_line(text) for text in (*facts, *article.paragraphs, *files) if text]
