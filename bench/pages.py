"""How fast the pages and the search are over many stories: rows for the table of bench.publish."""

import gc
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
    gc.freeze()  # the texts to be stored, which no server has in its memory
    client = TestClient(create_app(settings, database), base_url="http://127.0.0.1")
    words = list(_words(maker))
    found = dict.fromkeys(words, 0)

    def look(asked: Selection) -> int:
        with database.read() as db:
            return len(selections.places(db, asked, 31))

    def look_for(word: str) -> None:
        found[word] = look(Selection(query=word))

    took = [_took(lambda word=word: look_for(word)) for word in words]  # type: ignore[misc]  # bound at once
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
    under = [Selection(query=word, topic=TOPICS[1], site="site7") for word in words[:50]]
    narrow = [_took(lambda asked=asked: look(asked)) for asked in under]  # type: ignore[misc]
    rows = [(f"search, {len(words)} words ({hits} with hits): median; p95; worst; p95 of the processor", _shown(took))]
    rows.append(("search, 50 of them in a topic and a site: the same", _shown(narrow)))
    for name, address in pages.items():
        _get(client, address)  # the first one of a process reads templates
        took = [_took(lambda address=address: _get(client, address)) for _ in range(REPEATS)]  # type: ignore[misc]
        size = len(gzip.compress(_get(client, address)))
        rows.append((f"page: {name}: the same; gzipped", f"{_shown(took)}; {size / 1000:.1f} kB"))
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


def _took(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds, and those of them that this process computed: the machine may be busy with others."""
    begun, computed = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - begun, time.process_time() - computed


def _shown(took: list[tuple[float, float]]) -> str:
    seconds, computed = (sorted(column) for column in zip(*took, strict=True))
    at = int(len(took) * 0.95)
    told = (statistics.median(seconds), seconds[at], seconds[-1])
    return "; ".join(f"{one * 1000:.1f}" for one in told) + f" ms; processor {computed[at] * 1000:.1f} ms"
