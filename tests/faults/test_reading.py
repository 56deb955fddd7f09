"""FAULTS 35-45 in a whole crawl: a page that cannot be read is said to be, and the crawl goes on."""

from datetime import UTC, datetime

import pytest

from tests.crawlers.crawling import Home, Told, jobs
from tests.crawlers.website import Website, article, listing, serve

TODAY = datetime.now(UTC).date().isoformat()
TITLES = [f"临江市职业教育新闻第{number}条:校企合作有新进展" for number in range(3)]
SENTENCE = "青川职业技术学院与企业共建产教融合实训基地,培养高素质技术技能人才。"
# Cubic in the number of elements: with a thousand of them it does not end while we wait.
TRAP = "//*[count(//*[count(//*) > count(preceding::*)]) > count(preceding::*)]"
BOMBS = {
    "attributes": "<div " + " ".join(f'a{n}="x"' for n in range(100_000)) + f"><p>{SENTENCE * 5}</p></div>",
    "one line": f"<p>{SENTENCE * 95_000}</p>",
    "nested": "<div>" * 100_000 + f"<p>{SENTENCE * 5}</p>" + "</div>" * 100_000,
    "links": "".join(f'<li><a href="/{n}">{n}</a></li>' for n in range(200_000)),
}


def furnish(site: Website, pages: dict[str, str]) -> None:
    """A list page and the articles that it names."""
    rows = [(f"/{number}.html", title, TODAY) for number, title in enumerate(pages)]
    site.set("/list/", listing(rows))
    for (path, _, _), html in zip(rows, pages.values(), strict=True):
        site.set(path, html)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """One crawl of a good site, of one whose rule never ends, and of one that is out to break us."""
    with serve() as good, serve() as trap, serve() as bombs:
        furnish(good, {title: article(title, day=TODAY) for title in TITLES})
        furnish(trap, {TITLES[0]: article(TITLES[0]) + "<i>1</i>" * 2_000})
        furnish(bombs, {f"{TITLES[0]}({name})": f"<h1>{TITLES[0]}({name})</h1>{html}" for name, html in BOMBS.items()})
        home = Home(tmp_path_factory.mktemp("faults") / "home", {"ZHIJIAO_READ_SECONDS": "1"})
        for name, site in (("good", good), ("trap", trap), ("bombs", bombs)):
            home.site(name, site.base, news="/list/")
        with (home.path / "sources" / "trap.toml").open("a") as file:
            file.write(f'\n[article]\nbody = "{TRAP}"\n')
        told = home.crawl(*jobs("trap/news", "bombs/news", "good/news"))
        home.database.close()
    return told


def test_a_page_that_takes_too_long_is_given_up_and_the_others_are_read(told: Told) -> None:
    assert told.finished("good/news") == {"seen": 3, "new": 3, "kept": 3}
    slow = {"unparsable: reading it takes over 1 s": 1}
    assert told.finished("trap/news") == {"seen": 1, "new": 1, "failed": slow}


def test_bombs_are_read_or_given_up_but_never_silently_empty(told: Told) -> None:
    found = [event for event in told.of("article") if event["channel"] == "bombs/news"]
    assert len(found) == len(BOMBS)
    ends = {(event["outcome"], bool(event["reason"])) for event in found}
    assert ends <= {("stored", False), ("failed", True), ("rejected", True), ("joined", False)}
