import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import pytest

from pipeline.settings import Settings
from publish.feeds import standing, write
from publish.feeds.formats import FORMATS
from publish.feeds.write import publish_pending
from storage import articles, feeds, outbox, sites, stories
from storage.database import Database
from storage.errors import PublishError, SettingsError
from storage.records import StoryView
from tests.publish.conftest import SITE

View = Callable[..., StoryView]
Release = Callable[..., int]
NOW = datetime(2026, 11, 21, tzinfo=UTC)
SUFFIXES = (".atom", ".json", ".xml")
EVERYWHERE = ("all", "city/990100", "kind/government", "province/990000", "site/linjiang-edu", "topic/产教融合")


@pytest.fixture
def folder(settings: Settings) -> Path:
    return settings.public / "feeds"


def files(*names: str) -> set[str]:
    return {f"{name}{suffix}" for name in names for suffix in SUFFIXES}


def written(folder: Path, paths: list[Path]) -> set[str]:
    assert len(paths) == len(set(paths))
    return {path.relative_to(folder).as_posix() for path in paths}


def shown(folder: Path, name: str = "all") -> list[int]:
    """The stories in a feed, which must be the same in all formats."""
    atom, rss = ([entry.id for entry in feedparser.parse(folder / f"{name}{end}").entries] for end in (".atom", ".xml"))
    told = [item["id"] for item in json.loads((folder / f"{name}.json").read_bytes())["items"]]
    assert atom == rss == told
    return [int(guid.rpartition("/")[2]) for guid in atom]


def state(database: Database) -> tuple[int, list[str]]:
    """How much is announced, and what is stale."""
    with database.read() as db:
        return len(outbox.pending(db)), list(feeds.stale(db))


def another(view: View, number: int, **changes: object) -> StoryView:
    return view(number, canonical=str(number), text_key=str(number), **changes)


def test_an_empty_database_has_a_feed_without_entries(database: Database, settings: Settings, folder: Path) -> None:
    assert written(folder, publish_pending(database, settings, NOW)) == files("all") | {"all.opml"}
    assert shown(folder) == []
    assert publish_pending(database, settings, NOW) == []


def test_a_new_story_is_written_to_the_feeds_it_touches_once(
    database: Database, settings: Settings, folder: Path, view: View, release: Release
) -> None:
    release(view(1))
    assert written(folder, publish_pending(database, settings, NOW)) == files(*EVERYWHERE) | {"all.opml"}
    release(another(view, 2, topics=("升学",), regions=()))
    changed = written(folder, publish_pending(database, settings, NOW))
    assert changed == files("all", "kind/government", "site/linjiang-edu", "topic/升学") | {"all.opml"}
    assert [shown(folder, name) for name in ("all", "topic/升学", "topic/产教融合")] == [[2, 1], [2], [1]]
    assert state(database) == (0, [])
    assert publish_pending(database, settings, NOW) == []


def test_a_long_backlog_is_placed_a_piece_at_a_time(
    database: Database, settings: Settings, view: View, release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was placed before a crash stays so; the rest is placed by the next run."""
    for number in range(1, 6):
        release(another(view, number))
    monkeypatch.setattr(standing, "AT_ONCE", 2)
    with monkeypatch.context() as broken:
        broken.setattr(feeds, "outdate_story", _fail_at(4, feeds.outdate_story))
        with pytest.raises(RuntimeError):
            publish_pending(database, settings, NOW)
    assert state(database)[0] == 3
    publish_pending(database, settings, NOW)
    assert state(database) == (0, [])
    assert shown(settings.public / "feeds") == [5, 4, 3, 2, 1]


def _fail_at(story_id: int, do: Callable[..., None]) -> Callable[..., None]:
    def failing(db: object, found: int) -> None:
        if found == story_id:
            raise RuntimeError("the power went")
        do(db, found)

    return failing


def test_an_unreleased_story_stays_out(
    database: Database, settings: Settings, folder: Path, view: View, release: Release
) -> None:
    release(view(), at=None)
    assert written(folder, publish_pending(database, settings, NOW)) == files("all") | {"all.opml"}
    assert shown(folder) == []


def test_a_run_an_hour_later_touches_no_file(
    database: Database, settings: Settings, folder: Path, view: View, release: Release
) -> None:
    story_id = release(view())
    publish_pending(database, settings, NOW)
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*.*")}
    with database.begin() as db:
        outbox.add(db, "revised", story_id, NOW)
    assert publish_pending(database, settings, NOW + timedelta(hours=1)) == []
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in folder.rglob("*.*")} == before


def test_a_revision_keeps_the_guid_and_the_place(
    database: Database, settings: Settings, folder: Path, view: View, release: Release
) -> None:
    first = release(view(1))
    release(another(view, 2, regions=(), topics=()))
    publish_pending(database, settings, NOW)
    with database.begin() as db:
        stories.touch(db, first, NOW)
        outbox.add(db, "revised", first, NOW)
    assert written(folder, publish_pending(database, settings, NOW)) == files(*EVERYWHERE)
    assert shown(folder) == [2, 1]


def test_a_story_leaves_the_feeds_it_no_longer_belongs_to(
    database: Database, settings: Settings, folder: Path, view: View, release: Release
) -> None:
    story_id = release(view(1))
    publish_pending(database, settings, NOW)
    with database.begin() as db:
        articles.revise(db, 1, another(view, 1, topics=("升学",), content_key="c2").article, NOW)
        outbox.add(db, "revised", story_id, NOW)
    assert files("topic/产教融合", "topic/升学") <= written(folder, publish_pending(database, settings, NOW))
    assert [shown(folder, name) for name in ("topic/产教融合", "topic/升学")] == [[], [1]]


@pytest.mark.parametrize("lost", ["all.json", "topic/产教融合.xml", "site/linjiang-edu.atom.gz"])
def test_a_lost_file_comes_back(
    database: Database, settings: Settings, folder: Path, view: View, release: Release, lost: str
) -> None:
    release(view())
    publish_pending(database, settings, NOW)
    (folder / lost).unlink()
    assert written(folder, publish_pending(database, settings, NOW)) == {lost.removesuffix(".gz")}
    assert (folder / lost).exists()


def test_two_machines_with_a_folder_each_leave_nothing_stale(
    database: Database, settings: Settings, folder: Path, view: View, release: Release, tmp_path: Path
) -> None:
    there = settings.model_copy(update={"home": tmp_path / "there"})

    def published() -> list[int]:
        return [len(publish_pending(database, one, NOW)) for one in (settings, there)]

    def contents(public: Path) -> dict[str, bytes]:
        return {str(path.relative_to(public)): path.read_bytes() for path in public.rglob("*") if path.is_file()}

    first = release(view(1))
    assert published() == [19, 19]
    with database.begin() as db:
        stories.touch(db, first, NOW)
        outbox.add(db, "revised", first, NOW)
    release(another(view, 2, topics=("升学",), regions=()))
    assert published() == [22, 22]
    assert contents(folder) == contents(there.public / "feeds")
    assert shown(there.public / "feeds") == [2, 1]
    assert published() == [0, 0]


def test_a_feed_that_fails_its_check_keeps_its_files_and_stays_stale_while_others_go_out(
    database: Database,
    settings: Settings,
    folder: Path,
    view: View,
    release: Release,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    publish_pending(database, settings, NOW)
    before = [(folder / f"all{form.suffix}").read_bytes() for form in FORMATS]
    release(view())
    whole = write.compose
    with monkeypatch.context() as broken:
        broken.setattr(
            write, "compose", lambda form, feed, them: whole(form, feed, them)[: -9 * (feed.name == "all") or None]
        )
        with pytest.raises(PublishError, match="Atom 订阅源有误"):
            publish_pending(database, settings, NOW)
    assert [(folder / f"all{form.suffix}").read_bytes() for form in FORMATS] == before
    assert (state(database), shown(folder, "topic/产教融合")) == ((0, ["all"]), [1])
    publish_pending(database, settings, NOW)
    assert (state(database), shown(folder)) == ((0, []), [1])


def test_a_story_that_cannot_be_shown_does_not_stop_the_others(
    database: Database, settings: Settings, folder: Path, view: View, release: Release
) -> None:
    release(view(1, url="javascript:x()"))
    release(another(view, 2, title="\x00\ud7ff]]>"))
    publish_pending(database, settings, NOW)
    assert shown(folder) == [2]


def test_the_feed_holds_the_newest_and_all_of_the_last_hours(
    database: Database, settings: Settings, folder: Path, view: View, release: Release
) -> None:
    for number, age in enumerate((100, 90, 80, 2, 1), start=1):
        release(another(view, number), at=NOW - timedelta(hours=age))
    publish_pending(database, settings.model_copy(update={"feed_entries": 1, "feed_hours": 48}), NOW)
    assert shown(folder) == [5, 4]


def test_what_a_site_permits_changes_every_feed_that_shows_it(
    database: Database, settings: Settings, folder: Path, view: View, release: Release
) -> None:
    release(view(1))
    release(another(view, 2, id="others", site_id="others", topics=("升学",), regions=(), kind="portal"))
    publish_pending(database, settings, NOW)
    with database.begin() as db:
        known = [site if site.id == "others" else view(1, publishing="link").site for site in sites.listing(db)]
        sites.sync(db, known, [])
    assert written(folder, publish_pending(database, settings, NOW)) == files(*EVERYWHERE)
    assert "三年内" not in (folder / "topic/产教融合.xml").read_text("utf-8")


def test_another_address_of_the_site_changes_every_file(
    database: Database, settings: Settings, folder: Path, view: View, release: Release
) -> None:
    release(view())
    publish_pending(database, settings, NOW)
    moved = settings.model_copy(update={"base_url": "https://other.example/news/"})
    assert written(folder, publish_pending(database, moved, NOW)) == files(*EVERYWHERE) | {"all.opml"}
    assert b"https://feeds.example" not in b"".join(path.read_bytes() for path in folder.rglob("*.xml"))


def test_a_repost_does_not_make_a_story_new_again(
    database: Database, settings: Settings, folder: Path, view: View, release: Release
) -> None:
    first = release(view(1))
    release(another(view, 2))
    publish_pending(database, settings, NOW)
    before = feedparser.parse(folder / "all.xml").entries
    with database.begin() as db:
        carrier = another(view, 3, url="https://qc.example/1", site_id="qc").article
        sites.sync(db, [SITE, view(3, id="qc", name="青川日报", kind="media").site], [])
        stories.join(db, first, carrier.__class__(**{**vars(carrier), "id": 0, "channel_id": None}))
        outbox.add(db, "joined", first, NOW)
    changed = written(folder, publish_pending(database, settings, NOW))
    assert changed == files(*EVERYWHERE, "kind/media", "site/qc") | {"all.opml"}
    after = feedparser.parse(folder / "all.xml").entries
    assert [(entry.id, entry.published, entry.updated) for entry in after] == [
        (entry.id, entry.published, entry.updated) for entry in before
    ]
    assert "转载 1 家" in after[1].content[0].value


def test_a_saved_feed_begins_with_what_is_there_and_goes_on(
    database: Database, settings: Settings, folder: Path, view: View, release: Release
) -> None:
    release(view(1))
    release(another(view, 2, title="技能大赛开幕", paragraphs=("开幕。",)))
    publish_pending(database, settings, NOW)
    table = '[contest]\ntitle = "大赛"\nregions = ["990000"]\nsearch = "技能大赛"\n'
    (settings.home / "feeds.toml").write_text(table, encoding="utf-8")
    assert written(folder, publish_pending(database, settings, NOW)) == files("q/contest") | {"all.opml"}
    assert shown(folder, "q/contest") == [2]
    release(another(view, 3, title="又一场技能大赛"))
    publish_pending(database, settings, NOW)
    assert shown(folder, "q/contest") == [3, 2]
    (settings.home / "feeds.toml").write_text(table.replace("技能", "职业技能"), encoding="utf-8")
    publish_pending(database, settings, NOW)
    assert shown(folder, "q/contest") == []
    (settings.home / "feeds.toml").unlink()
    assert written(folder, publish_pending(database, settings, NOW)) == {"all.opml"}
    assert list((folder / "q").iterdir()) == []


def test_a_wrong_feeds_toml_stops_before_anything_is_announced(
    database: Database, settings: Settings, view: View, release: Release
) -> None:
    release(view())
    (settings.home / "feeds.toml").write_text("[x]\ntitel = 'x'\nsearch = '技校'\n")
    with pytest.raises(SettingsError, match="是否想写 `title`"):
        publish_pending(database, settings, NOW)
    assert state(database) == (1, [])


class TestArchives:
    """Three entries to a part, so that a few stories make several."""

    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("storage.parts.PART", 3)

    @pytest.fixture
    def grow(
        self, database: Database, settings: Settings, folder: Path, view: View, release: Release
    ) -> Callable[..., set[str]]:
        def add(number: int, at: datetime) -> set[str]:
            release(another(view, number, topics=(), regions=(), kind="portal"), at=at)
            return {
                name for name in written(folder, publish_pending(database, settings, NOW)) if name.endswith(".atom")
            }

        return add

    def test_parts_follow_one_another(self, grow: Callable[..., set[str]], folder: Path) -> None:
        october, november = datetime(2026, 10, 5, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC)
        every = {"all.atom", "site/linjiang-edu.atom"}
        first, second, third = "archive/all/2026-10", "archive/all/2026-10-2", "archive/all/2026-11"
        assert [grow(n, october + timedelta(hours=n)) for n in (1, 2, 3)] == [every] * 3
        assert grow(4, october + timedelta(hours=4)) == every | {f"{first}.atom", f"{second}.atom"}
        assert grow(5, october + timedelta(hours=5)) == every | {f"{second}.atom"}
        assert grow(6, november) == every | {f"{second}.atom", f"{third}.atom"}
        assert [shown(folder, name) for name in (first, second, third)] == [[3, 2, 1], [5, 4], [6]]
        assert [self.links(folder, name) for name in ("all", first, second, third)] == [
            {"prev-archive": third},
            {"current": "all", "next-archive": second},
            {"current": "all", "prev-archive": first, "next-archive": third},
            {"current": "all", "prev-archive": second},
        ]

    def test_a_revision_reaches_its_part_alone(
        self, grow: Callable[..., set[str]], folder: Path, database: Database, settings: Settings
    ) -> None:
        for number in range(1, 8):
            grow(number, NOW - timedelta(hours=10 - number))
        with database.begin() as db:
            stories.touch(db, 2, NOW)
            outbox.add(db, "revised", 2, NOW)
        changed = written(folder, publish_pending(database, settings, NOW))
        assert changed == files("all", "site/linjiang-edu", "archive/all/2026-11")

    def test_lost_feeds_come_back_with_their_archive(
        self, grow: Callable[..., set[str]], folder: Path, database: Database, settings: Settings
    ) -> None:
        for number in range(1, 5):
            grow(number, NOW - timedelta(hours=10 - number))
        before = {path: path.read_bytes() for path in folder.rglob("*.*")}
        for path in before:
            path.unlink()
        publish_pending(database, settings, NOW)
        assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before

    def links(self, folder: Path, name: str) -> dict[str, str]:
        """Names of the feeds that a feed leads to, which must be the same in all formats."""
        found = []
        for suffix in (".atom", ".xml"):
            links = feedparser.parse(folder / f"{name}{suffix}").feed.links
            others = {link.rel: link.href for link in links if link.rel not in ("self", "alternate")}
            start = "https://feeds.example/feeds/"
            found.append({rel: href.removeprefix(start).removesuffix(suffix) for rel, href in others.items()})
        assert found[0] == found[1]
        told = json.loads((folder / f"{name}.json").read_bytes()).get("next_url")
        assert told == (f"{start}{found[0]['prev-archive']}.json" if "prev-archive" in found[0] else None)
        return found[0]
