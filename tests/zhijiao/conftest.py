"""Settings of an installation of its own for each test, and two ways to type commands into it."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.settings import Settings
from storage.language import speak
from zhijiao.cli.app import run

ROOT = Path(__file__).parent.parent.parent
Type = Callable[..., "subprocess.CompletedProcess[str]"]


class Stream(io.TextIOWrapper):
    """What stands for standard input, output or error of a command that runs in this process."""

    terminal = False

    def __init__(self, text: str = "") -> None:
        self._bytes = io.BytesIO(text.encode())
        super().__init__(self._bytes, encoding="utf-8", write_through=True)

    def isatty(self) -> bool:
        return self.terminal

    def written(self) -> str:
        return self._bytes.getvalue().decode()


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
def zhijiao(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Run `zhijiao` with these words in this process, in Chinese unless told otherwise."""
    for name in [name for name in os.environ if name.startswith("ZHIJIAO_")]:
        monkeypatch.delenv(name)

    def typed(*words: str, stdin: str | None = None, **environment: str) -> "subprocess.CompletedProcess[str]":
        out, err = Stream(), Stream()
        with monkeypatch.context() as here:
            for name, value in (settings.environment() | environment).items():
                here.setenv(name, value)
            here.setattr(sys, "stdin", Stream(stdin or ""))
            here.setattr(sys, "stdout", out)
            here.setattr(sys, "stderr", err)
            status = run(words)
        speak("zh")
        return subprocess.CompletedProcess(words, status, out.written(), err.written())

    return typed


@pytest.fixture
def program(settings: Settings) -> Type:
    """The same in a process of its own: for what only a new process can show. It takes ten times as long."""

    def started(
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

    return started
