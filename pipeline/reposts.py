"""Which stored articles carry the text of a new one, and which stories that makes one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from pipeline.article import Article
from pipeline.stages.fingerprint import density, grams
from pipeline.stages.normalise import SHANGHAI
from pipeline.stages.outlets import first_of
from pipeline.stages.script import is_traditional
from pipeline.stages.story import Match, Text, compare, seasons_apart, text_of
from storage import articles, fingerprints, kinships, outbox, stories
from storage.records import ArticleRecord, KinshipRecord, Relation, StoryRecord

LOOKED_AT = 24  # articles that share samples
OF_STORY = 3  # articles of one story that are compared, so that a text which all reprint does not hide another
COMPARED = 8
LEAST = 0.08  # of the shorter text, as samples tell it; of 2,500 labelled pairs no repost shares less than 0.11


@dataclass(frozen=True)
class Kin:
    """A stored article that shares text with the new one."""

    article: ArticleRecord
    match: Match  # what the new one is to it
    text: Text | None = None  # None for a twin, which was not compared

    @property
    def story_id(self) -> int | None:
        return self.article.story_id


@dataclass(frozen=True)
class Found:
    kin: tuple[Kin, ...]  # the closest first
    stories: tuple[int, ...]  # that the new article belongs to, the closest first; several are one from now on
    samples: frozenset[int]  # of the new text, those that are to be stored

    @property
    def alone(self) -> tuple[ArticleRecord, ...]:
        """Articles of the same text that are in no story, as they were not thought to belong."""
        return tuple(kin.article for kin in self.kin if kin.match.same and kin.story_id is None)


def find(db: Session, article: Article, own_id: int = 0) -> Found:
    """`own_id` is the article itself, where an earlier reading of it is stored."""
    day = _day(article.raw.published)
    twins = [twin for twin in kinships.twins(db, article.text_key) if twin.id != own_id]
    twins = [twin for twin in twins if not seasons_apart(_day(twin.published), day)]
    if twins:
        script = is_traditional(article.raw.text) != is_traditional("\n".join(twins[0].paragraphs))
        match = Match("script" if script else "same", 1.0)
        kin = tuple(Kin(twin, match) for twin in twins)
        return Found(kin, _one_story(db, kin), frozenset())
    found = fingerprints.look_up(db, grams(article.raw.text), LOOKED_AT)
    close = _chosen(kinships.stories_of(db, tuple(found.articles)), own_id)
    others = [other for other in kinships.texts(db, close) if _may_be_kin(article, other, found.articles[other.id])]
    kin = _compared(article, others)
    return Found(kin, _one_story(db, kin), found.unfilled)


def unite(db: Session, ids: Sequence[int], now: datetime) -> StoryRecord:
    """Make one story of several; subscribers keep the one they saw first, the entries of the others go."""
    story, gone = stories.merge(db, ids)
    if gone:
        with noticed(db, story.id, now):
            choose(db, story.id)
    for other in gone:
        if other.released_at:
            outbox.add(db, "merged", other.id, now)
    return story


def choose(db: Session, story_id: int | None) -> None:
    """Let a story be told by the article of who wrote it, else by its most official and earliest one.

    One that its site has taken down tells it only where no other is left.
    """
    every = stories.credited(db, story_id) if story_id else []
    if story_id and len(every) > 1:
        told = [credit for credit in every if not credit.removed] or every
        stories.show(db, story_id, told[first_of(told)].article_id)


@contextmanager
def noticed(db: Session, story_id: int, now: datetime) -> Iterator[None]:
    """Subscribers notice it where the mark of what was taken down comes or goes in here."""
    before = stories.is_taken_down(db, story_id)
    yield
    if stories.is_taken_down(db, story_id) != before:
        stories.touch(db, story_id, now)


def divide(db: Session, article_ids: Sequence[int], now: datetime, tag: str) -> StoryRecord:
    """Make a story of its own of some articles of one, for good; ValueError where they are not of one story."""
    origin = articles.get(db, article_ids[0]) if article_ids else None
    new = stories.split(db, article_ids, now, tag)
    for story_id in (new.id, origin.story_id if origin else None):
        choose(db, story_id)
    if new.released_at and origin and origin.story_id:
        for story_id in (new.id, origin.story_id):
            outbox.add(db, "revised", story_id, now)  # for the feeds: who was told of the one has nothing new to read
    return new


def remember(db: Session, article_id: int, found: Found) -> None:
    """Store what the article's text is to others, and its samples."""
    fingerprints.add(db, article_id, found.samples)
    kinships.add(
        db, (KinshipRecord(article_id, kin.article.id, kin.match.relation, kin.match.score) for kin in found.kin)
    )


def forget(db: Session, article: ArticleRecord) -> None:
    """Forget a text that its article no longer carries: what it was to others, and its samples.

    A twin, which had no samples, gets them.
    """
    kinships.forget(db, article.id)
    samples = grams("\n".join(article.paragraphs))
    fingerprints.remove(db, article.id, samples)
    heir = kinships.next_twin(db, article.text_key, article.id)
    if heir:
        fingerprints.add(db, heir, samples)


def closest(found: Found) -> tuple[Relation, float]:
    """What to say of the new article: what made it join, else what came nearest to it."""
    joined = [kin for kin in found.kin if kin.match.same and kin.story_id in found.stories]
    others = [kin for kin in found.kin if not kin.match.same]
    best = next(iter(joined or others), None)
    return (best.match.relation, best.match.score) if best else ("different", 0.0)


def _chosen(stories_of: Mapping[int, int | None], own_id: int) -> list[int]:
    chosen: list[int] = []
    taken: Counter[int] = Counter()
    for article_id, story_id in stories_of.items():
        if article_id == own_id or (story_id is not None and taken[story_id] == OF_STORY):
            continue
        chosen.append(article_id)
        if story_id is not None:
            taken[story_id] += 1
    return chosen[:COMPARED]


def _may_be_kin(article: Article, other: ArticleRecord, samples: int) -> bool:
    """Whether the samples that two texts share can stand for enough of the shorter one to be worth comparing them."""
    short, long = sorted((len(article.raw.text), sum(map(len, other.paragraphs))))
    return samples * density(long) >= LEAST * short


def _compared(article: Article, others: Sequence[ArticleRecord]) -> tuple[Kin, ...]:
    if not others:
        return ()
    new = text_of(article.raw.title or "", article.raw.text, _day(article.raw.published))
    kin = []
    for other in others:
        old = text_of(other.title, "\n".join(other.paragraphs), _day(other.published))
        kin.append(Kin(other, compare(old, new), old))
    return tuple(sorted((one for one in kin if one.match.relation != "different"), key=_closeness))


def _closeness(kin: Kin) -> tuple[bool, float, int]:
    return not kin.match.same, -kin.match.score, kin.article.id


def _one_story(db: Session, kin: Sequence[Kin]) -> tuple[int, ...]:
    """The stories whose text the article carries: one story from now on, but for those that are apart.

    In each story the article that shares most with the new one decides, and against it where it shares as much as
    another: an excerpt may hold no more than what two notices have in common, so the notices know better.
    """
    members: dict[int, Kin] = {}
    for one in sorted(kin, key=lambda one: (-one.match.shared, one.match.same)):
        if one.story_id is not None:
            members.setdefault(one.story_id, one)
    members = {story_id: one for story_id, one in members.items() if one.match.same}
    if len(members) < 2:
        return tuple(members)
    apart = stories.apart(db, members)
    chosen: list[int] = []
    for story_id, member in members.items():
        if all(frozenset({story_id, other}) not in apart and _agree(member, members[other]) for other in chosen):
            chosen.append(story_id)
    return tuple(chosen)


def _agree(one: Kin, other: Kin) -> bool:
    """Two parts of a text need not resemble each other, but they must not be two notices of one form."""
    if one.text is None or other.text is None:
        return True
    return compare(one.text, other.text).relation not in ("template", "amendment")


def _day(published: datetime | None) -> date | None:
    return published.astimezone(SHANGHAI).date() if published else None
