"""An article is taken down and shown again: who tells its story then, and what subscribers are told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.article import RawArticle, SiteFacts
from pipeline.intake import take_in
from pipeline.removal import bring_back, take_down
from pipeline.settings import Settings
from publish.body import feed_html
from publish.entries import entry_of
from storage import articles, outbox, sites, stories
from storage.database import Database
from storage.records import Answer, SiteRecord, StoryView
from tests.crawlers.website import wording
from tests.storage.samples import NOW

BUREAU, PAPER = SiteFacts("jyj", "临江市教育局", "government"), SiteFacts("rb", "临江日报", "media")
TITLE, LATER = "临江市公布2026年高职单招计划", NOW + timedelta(hours=8)
ARTICLE = RawArticle("https://jyj.example/1.html", TITLE, source="临江市教育局", paragraphs=wording(TITLE), site=BUREAU)
REPOST = replace(ARTICLE, url="https://rb.example/7.html", site=PAPER)


@pytest.fixture(autouse=True)
def _sites(database: Database) -> None:
    with database.begin() as db:
        plain = SiteRecord("", "", "https://x.example/", "media", "city", None, None, "full", True)
        known = [replace(plain, id=site.id, name=site.name, kind=site.kind) for site in (BUREAU, PAPER)]
        sites.sync(db, known, [])


def view(database: Database) -> StoryView:
    with database.read() as db:
        (story,) = stories.listing(db, 9)
    return story


def test_the_only_article(database: Database) -> None:
    take_in(database, ARTICLE, now=NOW, settings=Settings())
    before = view(database)
    with database.begin() as db:
        take_down(db, before.article.id, "HTTP 404", LATER)
        told = [(row.kind, row.created_at) for row in outbox.pending(db)]
    assert told == [("released", NOW), ("revised", LATER)]
    entry = entry_of(view(database), LATER)
    assert (entry.guid, entry.title) == (before.story.guid, f"【已撤下】{TITLE}")
    note = "原网站已撤下这篇文章（2026-11-22 00:00 发现），这里不再提供正文。"
    assert (entry.summary, feed_html(entry)) == (note, f"<p>{note}</p>")
    assert view(database).story == replace(before.story, updated_at=LATER)

    with database.begin() as db:
        bring_back(db, before.article.id, LATER + timedelta(days=1))
    assert view(database) == replace(before, story=replace(before.story, updated_at=LATER + timedelta(days=1)))


def test_others_carry_the_story_on(database: Database) -> None:
    for second, raw in enumerate((ARTICLE, REPOST)):
        take_in(database, raw, now=NOW + timedelta(seconds=second), settings=Settings())
    before = view(database)
    with database.begin() as db:
        take_down(db, before.article.id, "HTTP 404", LATER)
    entry = entry_of(view(database), LATER)
    assert (entry.title, entry.link, entry.removal) == (TITLE, REPOST.url, None)
    assert "原发 临江市教育局（已撤下）" in feed_html(entry)
    assert wording(TITLE)[0] in feed_html(entry)

    with database.begin() as db:
        bring_back(db, before.article.id, LATER)
        take_down(db, 2, "HTTP 404", LATER)
    entry = entry_of(view(database), LATER)
    assert (entry.title, entry.link) == (TITLE, ARTICLE.url)
    assert "临江日报（" in feed_html(entry) and "（已撤下）" in feed_html(entry)


def test_subscribers_notice_where_the_mark_comes_or_goes(database: Database) -> None:
    """And nothing where another article tells the same text instead."""
    take_in(database, ARTICLE, now=NOW, settings=Settings())
    seen = []

    def see() -> None:
        found = view(database)
        seen.append((bool(found.article.removed_at), found.story.updated_at - NOW))

    def change(number: int, hours: int, reason: str | None = None) -> None:
        with database.begin() as db:
            if reason:
                take_down(db, number, reason, NOW + timedelta(hours=hours))
            else:
                bring_back(db, number, NOW + timedelta(hours=hours))
        see()

    change(1, 1, "HTTP 404")
    take_in(database, REPOST, now=NOW + timedelta(hours=2), settings=Settings())
    see()
    change(1, 3)
    change(1, 4, "HTTP 404")
    change(2, 5, "HTTP 404")
    change(2, 6)
    change(1, 7)
    marked = (True, False, False, False, True, False, False)
    assert seen == list(zip(marked, (timedelta(hours=hours) for hours in (1, 2, 2, 2, 5, 6, 6)), strict=True))


def test_an_article_that_can_be_read_again_is_there_again(database: Database) -> None:
    """Also where somebody reads it anew; not where an archived page is read, or another text stands there."""
    take_in(database, replace(ARTICLE, answer=Answer()), now=NOW, settings=Settings())
    with database.begin() as db:
        take_down(db, 1, "HTTP 404", LATER)
    take_in(database, ARTICLE, now=LATER, settings=Settings())
    assert view(database).article.removed_at == LATER
    other = replace(
        ARTICLE, title="网站升级改版公告", paragraphs=("本网站正在升级改版,其间暂停更新。",), answer=Answer()
    )
    take_in(database, other, now=LATER, settings=Settings())
    assert (view(database).article.removed_at, view(database).article.title) == (LATER, TITLE)
    take_in(database, replace(ARTICLE, answer=Answer()), now=LATER, settings=Settings())
    assert view(database).article.removed_at is None
    with database.read() as db:
        assert articles.revisions(db, 1) == []
