"""The sample sites, crawled in steps: a tick, another, an edit read anew, a new article, deep list pages, messages."""

from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO

import pytest

from pipeline.settings import Settings
from storage import articles, stories
from storage.records import ArticleRecord, StoryView
from tests.publish.notify.webhook import serve as webhook
from zhijiao.cli.app import run
from zhijiao.demo.server import Running, serve
from zhijiao.demo.show import settings_for
from zhijiao.demo.sites import load
from zhijiao.tick import opened

DEEP = ("djedu", "lanchuan", "linjiang")  # sites whose lists have more than one page


@dataclass(frozen=True)
class Look:
    """What stood in the database and in the feeds after one step."""

    articles: dict[str, ArticleRecord]  # by address
    stories: list[StoryView]
    rss: bytes
    atom: bytes


@dataclass
class Journey:
    settings: Settings
    running: Running
    fresh: str  # id of the article that appeared last
    edited: str  # id of the article that was changed
    output: dict[str, str]  # what each command printed
    looks: dict[str, Look]
    told: list[str]  # titles of the messages that a notification target was sent

    def run(self, step: str, *arguments: str) -> None:
        with pytest.MonkeyPatch.context() as here, redirect_stdout(StringIO()) as out:
            for name, value in self.settings.environment().items():
                here.setenv(name, value)
            assert run(arguments) in (0, 1)
        self.output[step] = out.getvalue()
        self.looks[step] = self.look()

    def look(self) -> Look:
        feeds = self.settings.public / "feeds"
        with opened(self.settings) as database, database.read() as db:
            found = {article.url: article for article in articles.listing(db, limit=1000)}
            views = stories.listing(db, limit=1000)
        return Look(found, views, (feeds / "all.xml").read_bytes(), (feeds / "all.atom").read_bytes())


@pytest.fixture(scope="session")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    folder = tmp_path_factory.mktemp("journey")
    with serve(load(datetime.now(UTC))) as running, webhook() as hook:
        settings = settings_for(folder, running, 8000).model_copy(
            update={"delay_seconds": 0.05, "poll_seconds": 86_400}
        )
        fresh, edited = running.samples.fresh, running.samples.editable
        settings.home.mkdir(parents=True, exist_ok=True)
        (settings.home / "notify.toml").write_text(f'[group]\nurl = "{hook.url}"\nsend = "at-once"\n', encoding="utf-8")
        journey = Journey(settings, running, fresh.id, edited.id, {}, {}, [])
        journey.run("first", "tick")
        journey.run("again", "tick")
        running.edit()
        journey.run("edited", "crawl", edited.site_id, "--again")
        running.publish()
        journey.run("fresh", "crawl", fresh.site_id)
        journey.run("deep", "crawl", *DEEP, "--backfill", "9")
        journey.run("told", "notify", "send")
        journey.told += [message.splitlines()[0] for message in hook.messages]
        yield journey
