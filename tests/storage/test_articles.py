from dataclasses import replace

import pytest

from storage import articles, stories
from storage.database import Database
from tests.storage.samples import ARTICLE, HOUR, NOTICES, NOW, article


def test_an_article_comes_out_as_it_went_in(stocked: Database) -> None:
    with stocked.begin() as db:
        article_id = articles.add(db, ARTICLE, None)
    with stocked.read() as db:
        stored = replace(ARTICLE, id=article_id, first_seen_at=NOW)
        assert articles.get(db, article_id) == articles.at(db, ARTICLE.canonical) == stored
        assert articles.get(db, article_id + 1) is None
        assert articles.at(db, article(2).canonical) is None


def test_empty_lists_come_out_as_empty_tuples(stocked: Database) -> None:
    bare = replace(
        ARTICLE, channel_id=None, paragraphs=(), images=(), attachments=(), reasons=(), topics=(), regions=()
    )
    with stocked.begin() as db:
        article_id = articles.add(db, bare, None)
    with stocked.read() as db:
        assert articles.get(db, article_id) == replace(bare, id=article_id, first_seen_at=NOW)


def test_a_revision_keeps_the_former_reading(stocked: Database) -> None:
    with stocked.begin() as db:
        story, article_id = stories.create(
            db, first=ARTICLE, published_at=NOW, released_at=NOW, now=NOW, tag="linjiang.example,2026"
        )
        edited = replace(ARTICLE, title="临江市召开职教大会", content_key="content-1b", fetched_at=NOW + HOUR)
        again = replace(
            edited, paragraphs=("更正。",), relevant=False, content_key="content-1c", fetched_at=NOW + 2 * HOUR
        )
        articles.revise(db, article_id, edited, NOW + HOUR)
        articles.revise(db, article_id, again, NOW + 2 * HOUR)
    kept = {"id": article_id, "story_id": story.id, "first_seen_at": NOW}
    with stocked.read() as db:
        assert articles.get(db, article_id) == replace(again, **kept)
        assert articles.revisions(db, article_id) == [
            (NOW + HOUR, replace(ARTICLE, **kept)),
            (NOW + 2 * HOUR, replace(edited, **kept)),
        ]


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({}, [4, 3, 2, 1]),
        ({"relevant": True}, [4, 2, 1]),
        ({"relevant": False}, [3]),
        ({"site_id": "linjiang"}, [4, 3, 2, 1]),
        ({"site_id": "qingchuan"}, []),
        ({"query": "技校"}, [4, 2]),
        ({"query": "技校", "relevant": True, "site_id": "linjiang"}, [4, 2]),
        ({"query": "vet"}, [4]),
        ({"query": "100%"}, [3]),
        ({"query": "_"}, []),
        ({"query": ""}, [4, 3, 2, 1]),
    ],
)
def test_listing_and_counting(conditions: dict[str, object], found: list[int], stocked: Database) -> None:
    with stocked.begin() as db:
        for other in (
            article(1, title="职教大会"),
            article(2, title="临江技校招生"),
            article(3, title="就业率100%", relevant=False),
            article(4, title="技校的VET项目"),
        ):
            articles.add(db, other, None)

        def shown(limit: int, offset: int = 0) -> list[int]:
            rows = articles.listing(db, limit=limit, offset=offset, **conditions)
            return [int(row.text_key.removeprefix("text-")) for row in rows]

        assert shown(10) == found
        assert shown(1, offset=1) == found[1:2]
        assert articles.count(db, **conditions) == len(found)


def test_the_articles_of_a_story_in_the_order_of_their_dates(stocked: Database) -> None:
    undated = article(3, published=None, fetched_at=NOW - 100 * HOUR)
    with stocked.begin() as db:
        story, _ = stories.create(db, first=ARTICLE, published_at=NOW, released_at=NOW, now=NOW, tag="linjiang,2026")
        stories.join(db, story.id, article(2, published=NOW - 200 * HOUR))
        stories.join(db, story.id, undated)
        assert [row.canonical for row in articles.of_story(db, story.id)] == [
            article(2).canonical,
            undated.canonical,
            ARTICLE.canonical,
        ]


def test_doubtful_articles_last_found_first(stocked: Database) -> None:
    with stocked.begin() as db:
        ids = [articles.add(db, article(number, review=number != 2), None) for number in (1, 2, 3, 4)]
        assert [row.id for row in articles.doubtful(db, 2)] == [ids[3], ids[2]]
        assert [row.id for row in articles.doubtful(db, 2, before=ids[2])] == [ids[0]]


def test_neighbours_are_of_one_host_and_read_no_later(stocked: Database) -> None:
    """However many of the site's other hosts, or read since, lie between."""
    urls = ["http://a.example/1", *(f"http://b.example/{number}" for number in range(9)), "https://a.example/2"]
    with stocked.begin() as db:
        added = [articles.add(db, replace(article(10 + at), url=url), None) for at, url in enumerate(urls)]
        late = replace(article(40), url="http://a.example/3", fetched_at=NOW + 2 * HOUR)
        articles.add(db, late, None)
        own = articles.get(db, articles.add(db, replace(article(41), url="http://a.example/4"), None))
        gone = articles.add(db, replace(article(42), url="http://a.example/5"), None)
        articles.remove(db, gone, "HTTP 404", NOW)
        assert own
        assert [other.id for other in articles.neighbours(db, own, 8)] == [added[-1], added[0]]
        moved = replace(own, channel_id=NOTICES.id)  # nobody of its own column to ask
        assert [other.id for other in articles.neighbours(db, moved, 8)] == [added[-1], added[0]]
        beside = articles.add(db, replace(article(43), url="http://a.example/6", channel_id=NOTICES.id), None)
        assert [other.id for other in articles.neighbours(db, moved, 8)] == [beside]
