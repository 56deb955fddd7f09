"""FAULTS 24: an article keeps its key though its address carries another visitor each time."""

from crawlers.twins import candidates, renamed
from storage.records import FoundLink, LinkRecord

SITE = "https://edu.linjiang.example"
TITLES = ["临江市召开职业教育大会", "青川职业技术学院新校区启用", "技能大赛今日开幕"]


def found(*paths: str, day: str = "2026-11-20") -> dict[str, FoundLink]:
    links = [FoundLink(SITE + path, SITE + path, title, day) for path, title in zip(paths, TITLES, strict=False)]
    return {link.canonical: link for link in links}


def known(*paths: str, day: str = "2026-11-20") -> list[LinkRecord]:
    return [
        LinkRecord(1, link.canonical, link.url, "a", "fetched", 1, None, None, "news", link.title, link.date)
        for link in found(*paths, day=day).values()
    ]


def names(links: dict[str, FoundLink]) -> list[str]:
    assert [link.canonical for link in links.values()] == [*links]
    return [canonical.removeprefix(SITE) for canonical in links]


def test_a_visitor_number_makes_no_new_article() -> None:
    today = found("/a.html?v=77", "/b.html?v=77", "/c.html?v=77")
    assert names(renamed(today, known("/a.html?v=12", "/b.html?v=12"))) == [
        "/a.html?v=12",
        "/b.html?v=12",
        "/c.html?v=77",
    ]
    each = found("/show.php?id=1&r=0.3", "/show.php?id=2&r=0.4")
    assert names(renamed(each, known("/show.php?id=1&r=0.9"))) == ["/show.php?id=1&r=0.9", "/show.php?id=2&r=0.4"]


def test_a_number_that_tells_articles_apart_makes_one() -> None:
    today = found("/show.php?id=3", "/show.php?id=2")
    assert names(renamed(today, known("/show.php?id=1"))) == ["/show.php?id=3", "/show.php?id=2"]


def test_another_date_or_path_is_another_article() -> None:
    today = found("/a.html?v=77", "/b.html?v=77")
    assert names(renamed(today, known("/a.html?v=1", day="2025-11-20"))) == names(today)
    assert names(renamed(today, known("/x.html?v=1"))) == names(today)


def test_only_links_with_a_query_and_a_telling_title_are_looked_up() -> None:
    links = found("/a.html", "/b.html?v=1", "/c.html?v=1")
    links[SITE + "/d?v=1"] = FoundLink(SITE + "/d?v=1", SITE + "/d?v=1", "通知")
    assert candidates(links) == TITLES[1:]
