"""Training shows what would change, and only `--apply` changes it; too few labels are refused."""

import json
import re
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.stages.lexicon import Model
from storage import articles
from storage.database import Database
from tests.pipeline.test_training import GLIDERS, OTHERS, PLACES
from tests.zhijiao.cli.test_review import database as database  # the fixture: two articles, number 1 was kept
from tests.zhijiao.conftest import Type
from zhijiao.cli import train

FLOODS = [(f"{place}防汛会议召开", 1) for place in PLACES * 4]
SCHOOLS = [(f"{place}公布高职单招计划", 0) for place in PLACES * 4]


def write(folder: Path) -> Path:
    rows = [{"title": title, "label": label} for title, label in (*FLOODS, *SCHOOLS)]
    rows += [{"title": example.title, "label": 0} for example in (*GLIDERS, *OTHERS)]
    folder.mkdir()
    (folder / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return folder


def test_what_would_change_is_shown_and_then_applied(
    zhijiao: Type, database: Database, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is learned from labels is tested in tests/pipeline/test_training.py; here everything seems to belong."""
    monkeypatch.setattr(train, "folds", lambda examples: None)
    monkeypatch.setattr(train, "fit", lambda examples, words: Model(bias=9.0, text_bias=9.0))
    folder = str(write(tmp_path / "labels"))
    shown = zhijiao("train", "--labels", folder)
    assert shown.returncode == 0
    assert re.search(r"\+ 收录 +1 +2 .*→", shown.stdout)
    assert "加 --apply 写入。" in shown.stdout
    assert not (settings.home / "lexicon").exists()
    applied = zhijiao("train", "--labels", folder, "--apply")
    assert "已写入" in applied.stdout
    assert (settings.home / "lexicon" / "relevance.json").is_file()
    with database.read() as db:
        flood = articles.get(db, 2)
    assert flood
    assert flood.relevant


def test_too_few_labels(zhijiao: Type, database: Database) -> None:
    done = zhijiao("train")
    assert (done.returncode, "标注太少" in done.stderr) == (2, True)
