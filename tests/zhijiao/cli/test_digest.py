"""`zhijiao digest` as it is typed: days, filters, forms, formats, links, mistakes."""

import shutil
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import docx
import pytest

from pipeline.settings import Settings
from pipeline.stages.normalise import SHANGHAI
from publish.digest.window import last_month, last_week
from tests.crawlers.website import serve
from tests.publish.conftest import store, story_view
from tests.zhijiao.conftest import Type
from zhijiao.tick import opened

WEEK = ("--since", "2026-11-16", "--until", "2026-11-22", "--no-check")
TITLES = {
    "https://edu.linjiang.example/1.html": "全市职业教育大会召开",
    "https://edu.linjiang.example/2.html": "澜州技师学院揭牌",
}


def stored(settings: Settings, *addresses: str, published: datetime = datetime(2026, 11, 18, 4, tzinfo=UTC)) -> None:
    with opened(settings) as database:
        for number, address in enumerate(addresses, 1):
            title = TITLES.get(address, f"第{number}条职教新闻")
            view = story_view(
                number, url=address, canonical=address, title=title, published=published, published_at=published
            )
            store(database, view)


@pytest.fixture(autouse=True)
def _tables(settings: Settings, sqlite_template: Path) -> None:
    """Making them takes longer than all else here."""
    settings.home.mkdir()
    shutil.copy(sqlite_template, settings.home / "zhijiao.db")


@pytest.fixture
def two(settings: Settings) -> None:
    stored(settings, *TITLES)


@pytest.mark.usefixtures("two")
def test_markdown_to_standard_output(zhijiao: Type) -> None:
    done = zhijiao("digest", *WEEK)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("# 职教动态周报·速览\n\n- **范围**：2026年11月16日至22日")
    assert "- **链接**：没有检查\n" in done.stdout
    assert all(f"[{title}]({address})" in done.stdout for address, title in TITLES.items())


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("form", ["topics", "主题"])
def test_by_topic_in_both_words(zhijiao: Type, form: str) -> None:
    assert "## 产教融合（2）" in zhijiao("digest", *WEEK, "--form", form).stdout


@pytest.mark.usefixtures("two")
def test_the_ending_of_the_file_names_the_format(zhijiao: Type, tmp_path: Path) -> None:
    page, paper, text = (tmp_path / "new" / f"周报.{ending}" for ending in ("html", "docx", "md"))
    done = [zhijiao("digest", *WEEK, "--output", str(path)) for path in (page, paper, text)]
    assert [one.returncode for one in done] == [0, 0, 0]
    assert done[0].stdout == f"职教动态周报 2026年11月16日至22日:2 条报道,列出 2 条,写在 {page}\n"
    assert page.read_text().startswith("<!doctype html>")
    assert docx.Document(BytesIO(paper.read_bytes())).tables[0].rows[1].cells[1].text in TITLES.values()
    assert text.read_text().startswith("# 职教动态周报")
    assert sorted(path.name for path in page.parent.iterdir()) == ["周报.docx", "周报.html", "周报.md"]


@pytest.mark.parametrize(("word", "window"), [("--week", last_week), ("--month", last_month)])
def test_week_and_month_are_the_last_full_ones(zhijiao: Type, word: str, window: object) -> None:
    today = datetime.now(UTC).astimezone(SHANGHAI).date()
    assert f"**范围**：{window(today).days}，" in zhijiao("digest", word, "--no-check").stdout  # type: ignore[operator]


def test_until_today_where_no_end_is_said(zhijiao: Type, settings: Settings) -> None:
    now = datetime.now(UTC)
    stored(settings, *TITLES, published=now - timedelta(hours=1))
    since = (now - timedelta(days=3)).astimezone(SHANGHAI).date().isoformat()
    assert "2 条报道" in zhijiao("digest", "--since", since, "--no-check").stdout


@pytest.mark.usefixtures("two")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--topic", "产教融合"), 2),
        (("--region", "990100"), 2),
        (("--region", "江苏"), 0),
        (("--kind", "官方"), 2),
        (("--kind", "media"), 0),
        (("--site", "linjiang-edu", "--query", "技师"), 1),
        (("--documents",), 0),
    ],
)
def test_filters(zhijiao: Type, words: tuple[str, ...], found: int) -> None:
    done = zhijiao("digest", *WEEK, *words)
    assert f"- **数量**：{found} 条报道" in done.stdout
    assert done.returncode == 0
    assert ("这段时间没有符合条件的报道。" in done.stdout) is (found == 0)


@pytest.mark.usefixtures("two")
def test_as_many_as_asked(zhijiao: Type) -> None:
    assert "以下是转载最多、发布单位层级最高的 1 条" in zhijiao("digest", *WEEK, "--limit", "1").stdout


def test_links_are_asked(zhijiao: Type, settings: Settings) -> None:
    with serve() as site:
        site.set("/fine", "text")
        stored(settings, f"{site.base}/fine", f"{site.base}/gone")
        done = zhijiao("digest", *WEEK[:4], ZHIJIAO_ALLOW_PRIVATE="127.0.0.0/8")
    assert "检查：1 个可用，1 个失效\n" in done.stdout
    assert "/gone) **\\[链接已失效：HTTP 404\\]**" in done.stdout


def test_links_are_asked_by_nobody_who_says_no_name(zhijiao: Type) -> None:
    done = zhijiao("digest", *WEEK[:4], ZHIJIAO_CONTACT="")
    assert (done.returncode, done.stdout) == (2, "")
    assert "zhijiao init" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--week", "--month"), "--week、--month、--since 只能选一个"),
        (("--until", "2026-11-22"), "--until 要和 --since 一起用"),
        (("--since", "2026-11-22", "--until", "2026-11-16"), "--since 2026-11-22 晚于结束日期 2026-11-16"),
        (("--output", "周报.pdf"), "周报.pdf 的后缀看不出格式(.md, .html, .docx),请用 --format"),
        (("--format", "docx"), "docx 要写进文件,请用 --output"),
        (("--region", "某省"), "没有叫“某省”的省、市、县"),
        (("--region", "鼓楼区"), "“鼓楼区”不止一个:江苏省南京市鼓楼区、"),
        (("--kind", "企业"), "没有类别“企业”,可用:government, media, "),
    ],
)
def test_mistakes_are_told_in_a_sentence(zhijiao: Type, words: tuple[str, ...], told: str) -> None:
    done = zhijiao("digest", "--no-check", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"✗ {told}")


@pytest.mark.usefixtures("two")
def test_topics_and_sites_that_no_story_has(zhijiao: Type) -> None:
    topic, site = zhijiao("digest", *WEEK, "--topic", "产教"), zhijiao("digest", *WEEK, "--site", "moe")
    assert (topic.returncode, site.returncode) == (2, 2)
    assert topic.stderr == "✗ 没有主题“产教”的报道(是否想写 `产教融合`?)\n"
    assert site.stderr == "✗ 没有网站“moe”的报道,已有:linjiang-edu\n"


@pytest.mark.usefixtures("two")
def test_a_file_that_cannot_be_written(zhijiao: Type, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = zhijiao("digest", *WEEK, "--output", str(tmp_path / "file" / "周报.md"))
    assert done.returncode == 2
    assert "无法写入" in done.stderr


def test_in_english(zhijiao: Type) -> None:
    done = zhijiao("digest", *WEEK, "--lang", "en")
    assert done.stdout.startswith("# 职教动态 weekly at a glance\n")
    assert "No stories in these days." in done.stdout
