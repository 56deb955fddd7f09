"""A database of many made-up stories, filled in bulk: for benches that ask how things grow."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, create_engine, insert

from publish.feeds.catalogue import feeds_of
from storage.models import Article, Entry, Feed, Site, Story
from storage.records import ArticleRecord, Marks, SiteRecord, StoryRecord
from storage.rows import values

NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)
PER_DAY = 274  # released stories of a country-wide catalogue: one million in ten years
TAG = "bench.example,2026"
BATCH = 2000
TOPICS = (
    "政策法规",
    "产教融合",
    "校企合作",
    "职教高考与招生",
    "技能大赛",
    "双高计划",
    "职业本科",
    "技工教育",
    "师资",
    "就业",
)
KINDS = ("government", "government", "college", "media", "association")
PROVINCES = 31
CITIES = 11  # in each province
CHARACTERS = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 2500))


@dataclass(frozen=True)
class Made:
    """One story, its articles and where they were read."""

    story: StoryRecord
    articles: tuple[ArticleRecord, ...]


class Maker:
    """The same stories for the same seed."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._random = random.Random(7)  # noqa: S311  (made-up texts, no secrets)
        words = ["".join(self._random.choices(CHARACTERS, k=2 + n % 2)) for n in range(20_000)]
        weights = [1 / rank for rank in range(1, len(words) + 1)]
        self._sentences = ["".join(self._random.choices(words, weights, k=18)) + "。" for _ in range(20_000)]
        self.sites = [self._site(n) for n in range(150)]

    def stories(self) -> Iterator[Made]:
        for number in range(1, self.number + 1):
            yield self.story(number)

    def story(self, number: int) -> Made:
        released = NEWEST - (self.number - number) * timedelta(days=1) / PER_DAY
        story = StoryRecord(
            id=number,
            guid=f"tag:{TAG}:story/{number}",
            first_article_id=2 * number,
            published_at=released - timedelta(hours=self._random.random() * 8),
            released_at=released,
            updated_at=released,
        )
        first = self.article(story, 2 * number)
        if number % 10:
            return Made(story, (first,))
        other = self._random.choice(self.sites).id
        repost = replace(first, id=2 * number + 1, site_id=other, canonical=f"{first.canonical}?from={other}")
        return Made(story, (first, repost))

    def article(self, story: StoryRecord, number: int) -> ArticleRecord:
        site = self._random.choice(self.sites)
        url = f"{site.home}{story.published_at:%Y%m}/{number}.html"
        city = f"{self._random.randrange(PROVINCES) + 11}{self._random.randrange(CITIES) + 1:02}00"
        begun = self._random.choice(self._sentences)
        return ArticleRecord(
            canonical=url,
            url=url,
            site_id=site.id,
            channel_id=None,
            title=begun[:24],
            published=story.published_at,
            precision="minute",
            updated=None,
            source=site.name,
            author=None,
            editor=None,
            original_title=None,
            document_number=f"教职成〔2026〕{number}号" if number % 40 == 0 else None,
            paragraphs=tuple("".join(self._random.choices(self._sentences, k=3)) for _ in range(7)),
            images=(),
            attachments=(),
            rule="generic",
            relevant=True,
            score=0.9,
            review=False,
            reasons=(),
            topics=tuple(sorted(set(self._random.choices(TOPICS, k=2)))),
            regions=((f"第{city[:2]}省第{city[2:4]}市", city),),
            text_key=f"t{story.id}",
            content_key=f"c{number}",
            fetched_at=story.published_at,
            id=number,
            story_id=story.id,
            first_seen_at=story.published_at,
        )

    def _site(self, number: int) -> SiteRecord:
        return SiteRecord(
            id=f"site{number}",
            name=f"第{number}教育网",
            home=f"https://www{number}.example/",
            kind=KINDS[number % len(KINDS)],
            level="city",
            adcode=None,
            region=None,
            publishing="full",
            enabled=True,
        )


def fill(url: str, maker: Maker) -> None:
    """Sites, articles, stories and the feeds they stand in, into the empty tables of a database."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), json_serializer=_json)
    sites = {site.id: site for site in maker.sites}
    made, feeds = maker.stories(), dict[str, int]()
    with engine.connect() as connection:
        _unchecked(connection)
        connection.execute(insert(Site), [values(site) for site in maker.sites])
        while batch := list(islice(made, BATCH)):
            _store(connection, batch, feeds, sites)
            connection.commit()
        if connection.dialect.name == "postgresql":
            for table in ("articles", "stories", "feeds"):
                largest = f"(SELECT max(id) FROM {table})"  # noqa: S608  (our own names)
                connection.exec_driver_sql(f"SELECT setval('{table}_id_seq', {largest})")
        connection.commit()
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    engine.dispose()


def _unchecked(connection: Connection) -> None:
    """Articles name stories that name articles: no order of filling would satisfy the foreign keys."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET session_replication_role = replica")
        connection.exec_driver_sql("SET synchronous_commit = off")
    else:
        connection.exec_driver_sql("PRAGMA synchronous = OFF")  # foreign keys are off until asked for


def _store(connection: Connection, batch: list[Made], feeds: dict[str, int], sites: dict[str, SiteRecord]) -> None:
    connection.execute(insert(Article), [values(article) for made in batch for article in made.articles])
    connection.execute(insert(Story), [values(made.story) for made in batch])
    entries = []
    for made in batch:
        for name, title in feeds_of(marks(made, sites)).items():
            if name not in feeds:
                feeds[name] = len(feeds) + 1
                connection.execute(insert(Feed), [{"id": feeds[name], "name": name, "title": title, "facts": None}])
            story = made.story
            entries.append({"feed_id": feeds[name], "released_at": story.released_at, "story_id": story.id})
    connection.execute(insert(Entry), entries)


def marks(made: Made, sites: dict[str, SiteRecord]) -> Marks:
    first = made.articles[0]
    carriers = {article.site_id: sites[article.site_id] for article in made.articles}
    headings = [
        *(f"site:{site.id}" for site in carriers.values()),
        *(f"kind:{site.kind}" for site in carriers.values()),
        *(f"topic:{topic}" for topic in first.topics),
        *(f"region:{code}" for _, city in first.regions for code in (f"{city[:2]}0000", city)),
        *(["documents"] if first.document_number else []),
    ]
    names = {site.id: site.name for site in carriers.values()}
    return Marks(made.story, tuple(dict.fromkeys(headings)), "", names, first.regions)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
