"""The scheduled workflow's own steps, on this machine: a repository beside, a website on loopback, run after run."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.crawlers.website import Website, article, listing, serve
from tests.services import program

ROOT = Path(__file__).parent.parent.parent
TEXT = (ROOT / "deploy" / "workflow" / "zhijiao.yml").read_text(encoding="utf-8")
AGAIN = "crawl although the channel is not due yet"
TODAY = datetime.now(UTC).date().isoformat()
SITE = """
id = "lj"
name = "临江教育网"
home = "{base}/"
kind = "media"
[[channels]]
key = "news"
name = "要闻"
url = "{base}/list/"
"""


def steps() -> dict[str, str]:
    """What each named step of the workflow runs."""
    found = re.findall(r"- name: (.+)\n(?:        .*\n)*?        run: (?:\|\n((?:          .*\n)+)|(.+)\n)", TEXT)
    return {name: block or line for name, block, line in found} | {AGAIN: "zhijiao crawl lj"}


@dataclass
class Repository:
    """A bare one as origin, and the data folder of each run, which starts with nothing as a hired machine does."""

    folder: Path
    base: str

    def run(self, number: int, *names: str) -> "subprocess.CompletedProcess[str]":
        """Steps of one run, in the order in which the workflow has them."""
        checkout = self.folder / f"run{number}"
        if not checkout.exists():
            self.git("clone", "--quiet", str(self.folder / "origin"), str(checkout))
            (checkout / "deploy").symlink_to(ROOT / "deploy")
        given = {name: value for name, value in os.environ.items() if not name.startswith(("ZHIJIAO_", "GIT_"))}
        variables = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "ZHIJIAO_HOME": str(checkout / "var"),
            "ZHIJIAO_KEEP_PAGES": "false",
            "ZHIJIAO_CONTACT": "x@feeds.example",
            "ZHIJIAO_BASE_URL": "https://feeds.example",
            "ZHIJIAO_SOURCES": str(self.folder / "sources"),
            "ZHIJIAO_BUNDLED_SOURCES": "false",
            "ZHIJIAO_ALLOW_PRIVATE": "127.0.0.0/8",
            "ZHIJIAO_DELAY_SECONDS": "0",
        }
        script = "set -e\n" + "\n".join(steps()[name] for name in names)
        return subprocess.run(
            ["sh", "-c", script], cwd=checkout, env=given | variables, capture_output=True, text=True, timeout=240
        )

    def git(self, *words: str) -> str:
        done = subprocess.run([program("git"), *words], check=True, capture_output=True, text=True, cwd=self.folder)
        return done.stdout.strip()

    def guids(self, number: int) -> list[str]:
        feed = (self.folder / f"run{number}" / "site" / "feeds" / "all.xml").read_text(encoding="utf-8")
        return sorted(re.findall(r"<guid[^>]*>(.+?)</guid>", feed))


@pytest.fixture
def repository(tmp_path: Path) -> Iterator[tuple[Repository, Website]]:
    with serve() as site:
        made = Repository(tmp_path, site.base)
        made.git("init", "--quiet", "--bare", "origin")
        (tmp_path / "bin").mkdir()
        command = tmp_path / "bin" / "zhijiao"
        command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m zhijiao "$@"\n')
        command.chmod(0o755)
        (tmp_path / "sources").mkdir()
        (tmp_path / "sources" / "lj.toml").write_text(SITE.format(base=site.base), encoding="utf-8")
        yield made, site


def show(site: Website, *numbers: int) -> None:
    titles = {number: f"临江市职业教育新闻第{number}条:校企合作有新进展" for number in numbers}
    site.set("/list/", listing([(f"/{number}.html", title, TODAY) for number, title in titles.items()]))
    for number, title in titles.items():
        site.set(f"/{number}.html", article(title, day=TODAY))


BACK, CRAWL, WRITE, SAVE = "Bring back the state", "Crawl what is due", "Write the site", "Save the state"
ONE, TWO = (f"tag:feeds.example,{TODAY[:4]}:story/{number}" for number in (1, 2))


@pytest.mark.slow
def test_runs_go_on_where_the_last_one_ended_and_an_overlap_loses_nothing(
    repository: tuple[Repository, Website],
) -> None:
    made, site = repository
    assert list(steps())[1:5] == [BACK, CRAWL, WRITE, SAVE]
    show(site, 1)
    first = made.run(1, BACK, CRAWL, WRITE, SAVE)
    assert (first.returncode, made.guids(1)) == (0, [ONE]), first.stdout + first.stderr
    one = made.git("--git-dir=origin", "rev-parse", "state")
    for number in (2, 3):  # both begin with the state of the first
        back = made.run(number, BACK)
        assert back.returncode == 0, back.stderr
    show(site, 1, 2)
    second = made.run(2, AGAIN, WRITE, SAVE)
    assert (second.returncode, made.guids(2)) == (0, [ONE, TWO]), second.stdout + second.stderr
    two = made.git("--git-dir=origin", "rev-parse", "state")
    assert made.run(3, AGAIN, WRITE).returncode == 0
    assert made.run(3, SAVE).returncode != 0
    assert made.git("--git-dir=origin", "rev-parse", "state") == two != one
    assert made.git("--git-dir=origin", "rev-list", "--count", "state") == "1"
    last = made.run(4, BACK, WRITE, SAVE)
    assert (last.returncode, made.guids(4)) == (0, [ONE, TWO]), last.stderr


def test_a_tick_that_takes_too_long_leaves_time_to_save() -> None:
    job, step = (int(minutes) for minutes in re.findall(r"timeout-minutes: (\d+)", TEXT))
    assert job - step >= 15
    assert TEXT.index("run: zhijiao tick") < TEXT.index(f"timeout-minutes: {step}") < TEXT.index(f"- name: {WRITE}")


def test_no_answer_about_the_state_is_not_no_state(repository: tuple[Repository, Website]) -> None:
    made, _ = repository
    made.run(1, BACK)
    (made.folder / "origin" / "HEAD").unlink()
    failed = made.run(1, BACK)
    assert (failed.returncode != 0, "no state yet" in failed.stdout) == (True, False)
