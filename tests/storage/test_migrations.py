"""A database comes to this program's version, or is refused in words."""

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from storage import outbox, sites
from storage.database import MIGRATIONS, _revisions, open_database, prepare, upgrade
from storage.errors import SchemaError, ZhijiaoError
from storage.language import speak
from storage.models import Base
from tests.storage.samples import SITE, stock

CHECKOUT = MIGRATIONS.parent.parent

HEAD = ScriptDirectory(MIGRATIONS).get_current_head()

NEXT_STEP = f"""
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{HEAD}"


def upgrade():
    with op.batch_alter_table("sites") as sites:
        sites.add_column(sa.Column("motto", sa.String()))
"""


@pytest.fixture
def newer_program(tmp_path: Path) -> Path:
    """The migrations of a later version of the program."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder)
    (folder / "versions" / "m9999_next_step.py").write_text(NEXT_STEP)
    return folder


def columns(url: str, table: str) -> set[str]:
    database = open_database(url)
    with database.read() as db:
        names = {column["name"] for column in inspect(db.connection()).get_columns(table)}
    database.close()
    return names


def is_modelled(name: str | None, kind: str, _: object) -> bool:
    """Not card_words, which is a virtual table (and its shadows) on SQLite and has no model."""
    return kind != "table" or not (name or "").startswith("card_words")


def test_the_names_of_the_files_are_the_order_of_the_migrations() -> None:
    assert _revisions() == [script.revision for script in ScriptDirectory(MIGRATIONS).walk_revisions()]


def test_models_and_migrations_agree(empty_url: str) -> None:
    prepare(empty_url)
    database = open_database(empty_url)
    with database.read() as db:
        context = MigrationContext.configure(db.connection(), opts={"include_name": is_modelled})
        differences = compare_metadata(context, Base.metadata)
        foreign_keys = inspect(db.connection()).get_foreign_keys("stories")
    database.close()
    assert differences == []
    assert sorted(key["referred_table"] for key in foreign_keys) == ["articles", "stories"]


def test_preparing_again_changes_nothing(empty_url: str) -> None:
    prepare(empty_url)
    database = open_database(empty_url)
    with database.begin() as db:
        stock(db)
    prepare(empty_url)
    upgrade(empty_url)
    with database.read() as db:
        assert sites.listing(db) == [SITE]
    database.close()


def test_two_programs_start_on_an_empty_database(empty_url: str, tmp_path: Path) -> None:
    """From another working directory than the checkout, as cron starts them."""
    program = (
        f"import sys; sys.path.insert(0, {str(CHECKOUT)!r}); from storage.database import prepare; prepare(sys.argv[1])"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, empty_url], cwd=tmp_path, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    ended = [(process.communicate()[1], process.returncode) for process in started]
    assert ended == [("", 0)] * 2
    assert "enabled" in columns(empty_url, "sites")


def test_an_older_database_is_refused_until_it_is_upgraded(
    empty_url: str, newer_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(empty_url)
    database = open_database(empty_url)
    with database.begin() as db:
        stock(db)
    monkeypatch.setattr("storage.database.MIGRATIONS", newer_program)
    with pytest.raises(SchemaError, match=rf"{HEAD} < 9999.*`zhijiao db upgrade`"):
        prepare(empty_url)
    upgrade(empty_url)
    prepare(empty_url)
    assert "motto" in columns(empty_url, "sites")
    with database.read() as db:
        assert sites.listing(db) == [SITE]
    database.close()


@pytest.mark.parametrize("step", [prepare, upgrade])
def test_a_newer_database_is_refused(
    step, empty_url: str, newer_program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        later.setattr("storage.database.MIGRATIONS", newer_program)
        upgrade(empty_url)
    with pytest.raises(SchemaError, match="的结构比本程序新"):
        step(empty_url)
    speak("en")
    with pytest.raises(SchemaError, match="newer than this program"):
        step(empty_url)


def test_what_was_published_before_there_were_notifications_is_no_news(
    empty_url: str, backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = tmp_path / "first"
    shutil.copytree(MIGRATIONS, first, ignore=lambda _, names: [name for name in names if re.match("m000[^1]", name)])
    with monkeypatch.context() as earlier:
        earlier.setattr("storage.database.MIGRATIONS", first)
        prepare(empty_url)
    day = "'2026-11-21 08:00:00'"
    rows = (
        f"INSERT INTO stories (id, first_article_id, published_at, updated_at) VALUES (1, 1, {day}, {day})",
        f"INSERT INTO outbox (kind, story_id, created_at) VALUES ('released', 1, {day})",
    )
    if backend == "sqlite":
        with closing(sqlite3.connect(empty_url.removeprefix("sqlite:///"), isolation_level=None)) as unchecked:
            for row in rows:
                unchecked.execute(row)
    else:
        with psycopg.connect(empty_url, options="-c session_replication_role=replica") as unchecked:
            for row in rows:
                unchecked.execute(row)
    upgrade(empty_url)
    database = open_database(empty_url)
    with database.read() as db:
        assert [row.kind for row in outbox.pending(db)] == ["released"]
        assert outbox.unannounced(db) == []
    database.close()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "zhijiao.db"
    path.write_bytes("职业教育".encode() * 1000)
    with pytest.raises(ZhijiaoError, match=r"zhijiao\.db：file is not a database"):
        prepare(f"sqlite:///{path}")


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(ZhijiaoError, match=r"postgresql://reader:\*\*\*@127\.0\.0\.1:1/zhijiao") as caught:
        prepare("postgresql://reader:geheim@127.0.0.1:1/zhijiao")
    assert "geheim" not in str(caught.value)
