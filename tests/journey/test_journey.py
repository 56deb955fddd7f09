"""The whole journey: sample sites in, what subscribers read out; run again to prove that nothing doubles."""

import gzip
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import feedparser

from pipeline.stages.normalise import canonical_url
from storage import channels, links
from storage.records import ArticleRecord
from tests.journey.conftest import Journey
from zhijiao.demo.sites import SampleArticle
from zhijiao.tick import opened

CHINA = ZoneInfo("Asia/Shanghai")


def shown(journey: Journey) -> list[SampleArticle]:
    """The articles that are read: on a list, with a page, on a site that allows it, under a title with some hope."""
    return [article for article, refused in open_to_all(journey) if not refused]


def open_to_all(journey: Journey) -> list[tuple[SampleArticle, bool]]:
    """With whether it was left unread for its title."""
    blocked = {"broken", "closed"}
    samples = journey.running.samples.articles.values()
    open_ones = [article for article in samples if not article.gone and article.site_id not in blocked]
    with opened(journey.settings) as database, database.read() as db:
        found = [links.get(db, canonical_url(journey.running.url(article.id))) for article in open_ones]
    return [
        (article, link is not None and link.state == "refused") for article, link in zip(open_ones, found, strict=True)
    ]


def stored(journey: Journey, step: str, article: SampleArticle) -> ArticleRecord | None:
    return journey.looks[step].articles.get(journey.running.url(article.id))


def test_every_article_is_read_as_it_was_written(journey: Journey) -> None:
    wrong = []
    for article in shown(journey):
        record = stored(journey, "deep", article)
        expected = (
            article.title,
            article.source,
            article.author,
            article.editor,
            article.original_title,
            article.paragraphs,
        )
        got = record and (
            record.title,
            record.source,
            record.author,
            record.editor,
            record.original_title,
            record.paragraphs,
        )
        if got != expected:
            wrong.append((article.id, expected, got))
    assert wrong == [], wrong


def test_published_times_are_those_of_the_pages(journey: Journey) -> None:
    for article in shown(journey):
        record = stored(journey, "deep", article)
        assert record
        assert record.published
        assert (record.published.astimezone(CHINA), record.precision) == (article.published, article.precision), (
            article.id
        )


def test_what_belongs_is_kept_and_nothing_else(journey: Journey) -> None:
    verdicts = {a.id: record.story_id is not None for a in shown(journey) if (record := stored(journey, "deep", a))}
    assert verdicts == {a.id: a.relevant for a in shown(journey)}


def test_only_what_does_not_belong_is_left_unread_for_its_title(journey: Journey) -> None:
    unread = [article for article, refused in open_to_all(journey) if refused]
    asked = {(request.site_id, request.path) for request in journey.running.requests}
    assert unread
    assert not any(article.relevant or (article.site_id, article.path) in asked for article in unread)


def test_reposts_are_one_story_and_look_alikes_are_not(journey: Journey) -> None:
    ours: dict[str, set[int | None]] = {}
    for article in shown(journey):
        record = stored(journey, "deep", article)
        if article.relevant and record:
            ours.setdefault(article.story, set()).add(record.story_id)
    assert {story: len(ids) for story, ids in ours.items()} == dict.fromkeys(ours, 1)
    assert len(set().union(*ours.values())) == len(ours)


def test_both_feeds_are_well_formed_and_say_the_same(journey: Journey) -> None:
    rss, atom = (feedparser.parse(getattr(journey.looks["fresh"], form)) for form in ("rss", "atom"))
    assert (rss.bozo, atom.bozo) == (False, False)
    assert [(e.id, e.title, e.published_parsed) for e in rss.entries] == [
        (e.id, e.title, e.published_parsed) for e in atom.entries
    ]
    now = datetime.now(UTC).timetuple()
    assert all(entry.published_parsed <= now for entry in rss.entries)


def test_a_first_visit_publishes_only_what_is_recent(journey: Journey) -> None:
    limit = journey.settings.first_visit_days
    old = [a for a in shown(journey) if a.relevant and not a.held and (datetime.now(CHINA) - a.published).days > limit]
    assert old
    in_feed = {entry.title for entry in feedparser.parse(journey.looks["first"].rss).entries}
    assert in_feed.isdisjoint(a.title for a in old)


def test_a_second_run_adds_nothing(journey: Journey) -> None:
    assert journey.looks["again"] == journey.looks["first"]


def test_an_edit_is_a_revision_of_the_same_entry(journey: Journey) -> None:
    edited = journey.running.samples.articles[journey.edited]
    before, after = stored(journey, "first", edited), stored(journey, "edited", edited)
    assert before
    assert after
    assert before.paragraphs != after.paragraphs == edited.paragraphs
    assert before.story_id == after.story_id
    entries = {step: feedparser.parse(journey.looks[step].rss).entries for step in ("first", "edited")}
    assert {e.id for e in entries["first"]} == {e.id for e in entries["edited"]}
    assert len(entries["first"]) == len(entries["edited"])
    assert journey.looks["first"].rss != journey.looks["edited"].rss


def test_a_new_article_comes_first_in_the_feed(journey: Journey) -> None:
    fresh = journey.running.samples.articles[journey.fresh]
    assert feedparser.parse(journey.looks["fresh"].rss).entries[0].title == fresh.title


def test_the_compressed_feed_is_the_same(journey: Journey) -> None:
    feeds = journey.settings.public / "feeds"
    for name in ("all.xml", "all.atom"):
        assert gzip.decompress((feeds / f"{name}.gz").read_bytes()) == (feeds / name).read_bytes()


def test_every_channel_has_its_line_and_failures_say_why(journey: Journey) -> None:
    with opened(journey.settings) as database, database.read() as db:
        every = [c.id for site in journey.running.samples.sites for c in channels.of_site(db, site)]
    lines = journey.output["first"].splitlines()
    assert all(sum(line.startswith(f"{channel}  ") for line in lines) == 1 for channel in every)
    assert any(line.startswith("broken/") and "500" in line for line in lines)
    assert any(line.startswith("closed/") and "robots" in line for line in lines)


def test_what_robots_forbids_is_never_asked_for(journey: Journey) -> None:
    assert {request.path for request in journey.running.requests if request.site_id == "closed"} == {"/robots.txt"}


def test_no_site_is_asked_faster_than_allowed(journey: Journey) -> None:
    last: dict[str, float] = {}
    gaps = []
    for request in journey.running.requests:
        if request.site_id in last:
            gaps.append(request.at - last[request.site_id])
        last[request.site_id] = request.at
    assert (
        min(gaps) >= journey.settings.delay_seconds * 0.5 * 0.9
    )  # Scrapy varies the delay by half; the server's clock is not ours


def test_of_all_that_was_found_only_news_is_told(journey: Journey) -> None:
    """Neither what first visits and back-fills find, nor edits and reposts."""
    assert journey.told == [journey.running.samples.articles[journey.fresh].title]
    assert journey.output["told"] == "group  已发送 1 条\n"
