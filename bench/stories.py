"""Many made-up stories: for benches that ask how things grow."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from storage import search
from storage.records import ArticleRecord, Marks, SiteRecord, StoryRecord

NEWEST = datetime(2026, 11, 20, 12, tzinfo=UTC)
PER_DAY = 274  # released stories of a country-wide catalogue: one million in ten years
TAG = "bench.example,2026"
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
PARAGRAPHS = 40_000  # different ones; a text has three of them, some 420 characters


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
        often = list(accumulate(1 / rank for rank in range(1, len(words) + 1)))
        sentences = ("".join(self._random.choices(words, cum_weights=often, k=18)) + "。" for _ in range(20_000))
        self._sentences = list(sentences)
        paragraphs = ("".join(self._random.choices(self._sentences, k=3)) for _ in range(PARAGRAPHS))
        # Each with its tokens, as search would make them: made once, they are what makes filling fast.
        self.tokens = {paragraph: search.bigrams(search.fold(paragraph)) for paragraph in paragraphs}
        self._paragraphs = list(self.tokens)
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
            paragraphs=tuple(self._random.choices(self._paragraphs, k=3)),
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
