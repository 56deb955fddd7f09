"""Settings of an installation of its own for each test, and a way to type commands into it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.settings import Settings

ROOT = Path(__file__).parent.parent.parent
Type = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation without any site."""
    (tmp_path / "sources").mkdir()
    return Settings(
        home=tmp_path / "home",
        database_url=f"sqlite:///{tmp_path / 'home' / 'zhijiao.db'}",
        sources=tmp_path / "sources",
        bundled_sources=False,
        contact="test@linjiang.example",
        delay_seconds=0.0,
    )


@pytest.fixture
def zhijiao(settings: Settings) -> Type:
    """Run `zhijiao` with these words, in Chinese unless told otherwise."""

    def run(
        *words: str, stdin: str | None = None, cwd: Path = ROOT, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        given = {name: value for name, value in os.environ.items() if not name.startswith("ZHIJIAO_")}
        return subprocess.run(
            [sys.executable, "-m", "zhijiao", *words],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=cwd,
            env=given | {"PYTHONPATH": str(ROOT)} | settings.environment() | environment,
            timeout=60,
        )

    return run
