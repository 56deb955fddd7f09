"""`zhijiao sources`: sites are listed, shown, switched in the operator's own folder, checked and tried."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crawlers.catalogue import BUNDLED, load
from pipeline.settings import Settings
from storage import visits
from storage.database import open_database
from storage.errors import ZhijiaoError
from storage.language import speak
from tests.crawlers.website import Website, article, listing, serve
from tests.zhijiao.conftest import ROOT
from zhijiao.cli.sources import app

SITE = """\
id = "qingchuan"
name = "青川职业技术学院"
home = "BASE/"
kind = "college"
region = "320200"
region_name = "江苏省无锡市"
vocational = true

[[channels]]
key = "news"
name = "学院新闻"
url = "BASE/news/"

[[channels]]
key = "notices"
name = "通知公告"
enabled = false
disabled_reason = "网址未知"
"""


@pytest.fixture(scope="module")
def website() -> Iterator[Website]:
    with serve() as site:
        titles = {f"/news/{number}.html": f"青川职业技术学院举行第{number}届技能竞赛" for number in (3, 2, 1)}
        site.set("/news/", listing([(path, title, "2026-11-20") for path, title in titles.items()]))
        for path, title in titles.items():
            site.set(path, article(title))
        yield site


HERE = {
    "PYTHONPATH": str(ROOT),
    "ZHIJIAO_LANG": "en",
    "ZHIJIAO_ALLOW_PRIVATE": "127.0.0.0/8",
    "COLUMNS": "200",
}


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str


Type = Callable[..., Done]


@pytest.fixture
def zhijiao(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type a command in this process, in English, as `zhijiao.cli.app` would run it."""

    def run(*words: str, **environment: str) -> Done:
        for name, value in (settings.environment() | HERE | environment).items():
            monkeypatch.setenv(name, value)
        speak("en")
        result = CliRunner().invoke(app, words[1:])
        if isinstance(result.exception, ZhijiaoError):
            return Done(2, result.stdout, str(result.exception))
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def own(settings: Settings) -> Path:
    """The operator's own folder, with one site."""
    assert settings.sources
    (settings.sources / "qingchuan.toml").write_text(SITE.replace("BASE", "https://www.qingchuan.example"), "utf-8")
    return settings.sources


def test_sites_are_listed_and_counted(own: Path, zhijiao: Type) -> None:
    listed = zhijiao("sources", "list", "--province", "江苏")
    assert "青川职业技术学院" in listed.out
    assert "1/2" in listed.out
    assert listed.out.endswith("1 sites (1 visited), 2 channels (1 visited)\n")
    assert zhijiao("sources", "list", "--kind", "media").out.endswith("0 sites (0 visited), 0 channels (0 visited)\n")


def test_a_site_is_shown_with_its_channels(own: Path, zhijiao: Type) -> None:
    shown = zhijiao("sources", "show", "qingchuan").out
    assert "region: 江苏省无锡市 (320200)" in shown
    assert "qingchuan/news  学院新闻  list  https://www.qingchuan.example/news/\n  never visited: due at once" in shown
    assert "qingchuan/notices  通知公告  list  \n  disabled: 网址未知" in shown


def test_a_site_that_is_not_there_is_told_with_the_nearest(own: Path, zhijiao: Type) -> None:
    missing = zhijiao("sources", "show", "qingchuang")
    assert (missing.status, missing.err) == (
        2,
        "no qingchuang in the catalogue (did you mean qingchuan?)",
    )


def test_an_own_file_is_switched_in_its_place(own: Path, zhijiao: Type) -> None:
    off = zhijiao("sources", "disable", "qingchuan/news", "--reason", "太少")
    assert off.out == (
        f"✓ {own / 'qingchuan.toml'}\nno channel is visited (qingchuan/news: 太少; qingchuan/notices: 网址未知)\n"
    )
    on = zhijiao("sources", "enable", "qingchuan/notices", "--url", "https://www.qingchuan.example/notices/")
    assert "visited: qingchuan/notices" in on.out
    site = load(own, bundled=False).sites["qingchuan"]
    assert [(channel.url, channel.enabled) for channel in site.channels] == [
        ("https://www.qingchuan.example/news/", False),
        ("https://www.qingchuan.example/notices/", True),
    ]


def test_a_region_without_sites_is_told_with_the_nearest(own: Path, zhijiao: Type) -> None:
    assert zhijiao("sources", "list", "--province", "江办").err == (
        "no site of 江办 in the catalogue (did you mean 江苏?)"
    )


def test_disabled_sites_are_counted_and_listed_on_request(own: Path, zhijiao: Type) -> None:
    text = (own / "qingchuan.toml").read_text("utf-8").replace("qingchuan", "linjiang").replace("青川", "[临江]")
    switched = text.replace("[[channels]]", 'enabled = false\ndisabled_reason = "[未试]"\n[[channels]]', 1)
    (own / "linjiang.toml").write_text(switched, "utf-8")
    shown = zhijiao("sources", "list").out
    assert ("[临江]" in shown, "1 more are disabled: add --all" in shown) == (False, True)
    listed = zhijiao("sources", "list", "--all").out
    assert "  linjiang  [临江]职业技术学院 0/2  [未试]\n" in listed
    assert "qingchuan" not in zhijiao("sources", "list", "--disabled").out


def test_what_keeps_everything_is_told(own: Path, zhijiao: Type) -> None:
    checked = zhijiao("sources", "check", "qingchuan").out
    assert "vocational = true (the whole site): nearly every article is kept" in checked


@pytest.mark.parametrize(
    ("words", "mistake"),
    [
        (("enable", "qingchuan"), "qingchuan is not disabled; visited: qingchuan/news"),
        (("enable", "qingchuan/notices"), "qingchuan/notices has no address: add --url ADDRESS"),
        (("enable", "qingchuan", "--url", "https://a.example/"), "--url needs a channel, such as moe/yaowen"),
        (("enable", "qingchuan/none"), "no channel qingchuan/none; there are qingchuan/news, qingchuan/notices"),
        (("enable", "qingchuan/notices", "--url", "a.example"), "not an http(s) address: 'a.example'"),
        (("check", "nowhere.toml"), "there is no file nowhere.toml"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    own: Path, zhijiao: Type, words: tuple[str, ...], mistake: str
) -> None:
    before = (own / "qingchuan.toml").read_bytes()
    done = zhijiao("sources", *words)
    assert done.status == 2
    assert mistake in done.err
    assert (own / "qingchuan.toml").read_bytes() == before
    assert [path.name for path in own.iterdir()] == ["qingchuan.toml"]


def test_a_bundled_site_is_switched_by_a_file_of_ones_own(tmp_path: Path, zhijiao: Type) -> None:
    """Without the setting `sources` that file stands in the data folder, and is found there again."""
    bundled = BUNDLED / "national" / "moe.toml"
    before = bundled.read_bytes()
    environment = {"ZHIJIAO_SOURCES": "", "ZHIJIAO_BUNDLED_SOURCES": "true"}
    off = zhijiao("sources", "disable", "moe", "--reason", "先不看", **environment)
    own = tmp_path / "home" / "sources" / "moe.toml"
    assert off.out.startswith(f"✓ {own}\nno channel is visited (moe/yaowen: 先不看; ")
    assert "disabled: 先不看" in zhijiao("sources", "show", "moe", **environment).out
    assert bundled.read_bytes() == before
    zhijiao("sources", "enable", "moe", **environment)
    assert own.read_bytes() == before


def test_mistakes_end_a_check_with_status_2(own: Path, tmp_path: Path, zhijiao: Type) -> None:
    assert zhijiao("sources", "check").status == 0
    broken = tmp_path / "linjiang.toml"
    broken.write_text('id = "linjiang"\nname = "临江"\nkind = "media"\nchanels = []\n', "utf-8")
    wrong = zhijiao("sources", "check", str(broken))
    assert (wrong.status, wrong.out) == (2, "")
    assert wrong.err == (
        f"wrong `channels` in {broken}: there is none\nunknown key `chanels` in {broken} (did you mean `channels`?)"
    )


def test_a_file_is_tried_before_it_is_used(settings: Settings, tmp_path: Path, website: Website, zhijiao: Type) -> None:
    """Also where it is disabled; nothing is stored, and the catalogue does not learn of it."""
    file = tmp_path / "qingchuan.toml"
    file.write_text(
        SITE.replace("BASE", website.base).replace("[[chan", 'enabled = false\ndisabled_reason = "未试"\n[[chan', 1),
        "utf-8",
    )
    tried = zhijiao("sources", "check", str(file), "--live")
    assert tried.status == 0, tried.err
    assert "dry 青川职业技术学院举行第3届技能竞赛  would be kept" in tried.out
    assert "qingchuan/news  seen 3 · new 3 · kept 3" in tried.out
    assert zhijiao("sources", "show", "qingchuan").status == 2


def test_a_site_of_the_catalogue_is_tried_without_a_trace(
    own: Path, settings: Settings, website: Website, zhijiao: Type
) -> None:
    (own / "qingchuan.toml").write_text(SITE.replace("BASE", website.base), "utf-8")
    assert zhijiao("sources", "check", "qingchuan/news", "--live").status == 0
    database = open_database(settings.database_url)
    with database.read() as db:
        assert visits.newest(db) is None
    database.close()


def test_a_trial_that_reads_nothing_fails(tmp_path: Path, zhijiao: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the crawl process answers is tested with it, where it stands."""
    file = tmp_path / "qingchuan.toml"
    file.write_text(SITE.replace("BASE", "https://www.qingchuan.example"), "utf-8")
    counts = dict.fromkeys(("seen", "new", "kept", "joined", "revised", "unchanged"), 0)
    failed = {"channel": "qingchuan/news", **counts, "rejected": {}, "failed": {"HTTP 404": 1}, "notes": []}
    monkeypatch.setattr("zhijiao.trial.crawl", lambda jobs, settings, on_event: [failed])
    tried = zhijiao("sources", "check", str(file), "--live")
    assert tried.status == 1
    assert "qingchuan/news  failed 1(HTTP 404)\n  → its address may have changed: " in tried.out
