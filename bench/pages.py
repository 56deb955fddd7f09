"""How fast the pages and the search are over many stories: rows for the table of bench.publish."""

import gzip
import random
import statistics
import time
from collections.abc import Callable, Iterator

from starlette.testclient import TestClient

from bench.stories import NEWEST, TOPICS, Maker
from pipeline.settings import Settings
from publish.site.app import create_app
from storage import selections
from storage.database import Database
from storage.records import Selection

QUERIES = 200
REPEATS = 15

Row = tuple[str, str]


def page_figures(database: Database, settings: Settings, maker: Maker) -> list[Row]:
    client = TestClient(create_app(settings, database), base_url="http://127.0.0.1")
    words = list(_words(maker))
    found = dict.fromkeys(words, 0)

    def look_for(word: str) -> None:
        with database.read() as db:
            found[word] = len(selections.places(db, Selection(query=word), 31))

    took = sorted(_seconds(lambda word=word: look_for(word)) for word in words)  # type: ignore[misc]  # bound at once
    hits = sum(map(bool, found.values()))
    year = NEWEST.year - 5
    pages = {
        "the first page": "/",
        "a topic": f"/?topic={TOPICS[1]}",
        "topic and province": f"/?topic={TOPICS[2]}&region=230000",
        "topic, city and kind, years ago": f"/?topic={TOPICS[2]}&region=230300&kind=media&until={year}-01-01",
        "a word in a topic": f"/?topic={TOPICS[3]}&q={words[40]}",
        "a story": f"/story/{maker.number // 2}",
        "trends": "/trends",
        "sources": "/sources",
        "a source": "/sources/site7",
        "all feeds": "/feeds",
    }
    rows = [(f"search, {len(words)} words ({hits} with hits): median; p95; worst", _shown(took))]
    for name, address in pages.items():
        took = sorted(_seconds(lambda address=address: _get(client, address)) for _ in range(REPEATS))  # type: ignore[misc]
        size = len(gzip.compress(_get(client, address)))
        rows.append((f"page: {name}: median; p95; worst; gzipped", f"{_shown(took)}; {size / 1000:.1f} kB"))
    return rows


def _words(maker: Maker) -> Iterator[str]:
    """Parts of texts as people search for them: one to six characters, frequent and rare, a number, and nonsense."""
    dice = random.Random(11)  # noqa: S311  (made-up questions)
    for number in range(QUERIES):
        text = dice.choice(maker.story(number + 1).articles[0].paragraphs).replace("。", "")
        start, length = dice.randrange(len(text) - 6), dice.choice((1, 2, 2, 2, 2, 3, 3, 4, 6))
        yield text[start : start + length]
    yield from ("2026", "〔2026〕4000号", "没有这样的词句", "zz")


def _get(client: TestClient, address: str) -> bytes:
    answer = client.get(address)
    answer.raise_for_status()
    return answer.content


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _shown(took: list[float]) -> str:
    at = took[int(len(took) * 0.95)]
    return f"{statistics.median(took) * 1000:.1f}; {at * 1000:.1f}; {took[-1] * 1000:.1f} ms"
