"""What a backup holds besides the database: the operator's files of the data folder, the identity among them."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from pipeline.settings import Settings
from storage.backup import LEAP, Backup, Progress, back_up, examine, require_empty, restore
from storage.errors import SettingsError, ZhijiaoError
from storage.language import say

SETTINGS = "zhijiao.toml"
KEPT = (SETTINGS, "feeds.toml", "notify.toml", "sources/**/*.toml", "lexicon/**/*")  # in the data folder
OF_THESE = re.compile(r"(zhijiao|feeds|notify)\.toml|sources/.+\.toml|lexicon/.+")  # the names that these give
BESIDE = ".from-backup"  # ends the name of a file whose place is taken
OF_THE_FORMER = (
    "watched",
    "reprocess.json",
)  # numbers of a visit and of an article: how far somebody was in a database
DATED = "zhijiao-%Y%m%dT%H%M%SZ.backup"  # in a folder

What = Literal["written", "same", "beside", "replaced"]


def make(settings: Settings, place: Path, progress: Progress, *, now: datetime, keep: int = 0) -> tuple[Path, Backup]:
    """Back up to a file, or to a dated one in a folder, of which the last `keep` stay (0: all)."""
    folder = place.is_dir()
    if keep and not folder:
        raise ZhijiaoError(say(f"--keep:{place} 不是文件夹,请先建", f"--keep: {place} is no folder; make it first"))
    path = place / now.astimezone(UTC).strftime(DATED) if folder else place
    about = {
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "version": version("zhijiao"),
        "database": settings.database_url.partition(":")[0],
        "feed_domain": settings.feed_domain,
        "feed_since": str(settings.feed_since),
        "base_url": settings.base_url,
    }
    if folder:
        _clear_killed(place, now - timedelta(days=1))
    files = {name: (settings.home / name).read_bytes() for name in _names(settings.home)}
    made = back_up(settings.database_url, path.absolute(), files, about, progress)
    if folder and keep:
        for old in sorted(place.glob("zhijiao-*Z.backup"))[:-keep]:
            old.unlink()
    return path, made


def _clear_killed(folder: Path, before: datetime) -> None:
    """What backups that were killed have left: no later one has their name, to write over it."""
    for rest in folder.glob(".zhijiao-*Z.backup.part*"):
        if rest.stat().st_mtime < before.timestamp():
            rest.unlink()


def _names(home: Path) -> Iterator[str]:
    for pattern in KEPT:
        found = sorted(path.relative_to(home).as_posix() for path in home.glob(pattern) if path.is_file())
        yield from (name for name in found if not name.endswith(BESIDE))


def put_back(
    settings: Settings, path: Path, progress: Progress, *, replace: bool, now: datetime, leap: int = LEAP
) -> tuple[Backup, dict[str, What], Path | None]:
    """Put a backup in force: the database, and the files where there are none; the former database file, if any.

    The files come when all else is ready, right before the database: where it is refused or fails, there is no change;
    if it is killed between the two, the same command can be given again.
    """
    backup = examine(path)
    _require_own_names(path, backup)
    if not replace:
        require_empty(settings.database_url)
        _require_same_identity(settings, backup)
    done: dict[str, What] = {}

    def put_files() -> None:
        for name in sorted(backup.files, key=lambda name: name == SETTINGS):  # the identity goes with the database
            done[name] = _put_file(settings, name, backup.files[name], backup, now)
        for name in OF_THE_FORMER:
            (settings.home / name).unlink(missing_ok=True)

    aside = restore(
        path, settings.database_url, settings.home, progress, put_files, replace=replace, now=now, leap=leap
    )
    return backup, done, aside


def _require_own_names(path: Path, backup: Backup) -> None:
    """A backup may come from anywhere: no file of it is written outside the data folder, or over what is no setting."""
    for name in backup.files:
        if not OF_THESE.fullmatch(name) or {"", ".", ".."} & set(name.split("/")):
            raise ZhijiaoError(
                say(
                    f"{path} 里有不该有的文件 {name!r}:不恢复",
                    f"{path} holds a file {name!r} that no backup holds: not restored",
                )
            )


def _require_same_identity(settings: Settings, backup: Backup) -> None:
    """Ids of feeds and entries begin with it: under another one readers would take old news for new."""
    here, there = settings.tag, f"{backup.about['feed_domain']},{backup.about['feed_since']}"
    if here != there and _identified(settings):
        raise SettingsError(
            say(
                f"备份属于 {there},而这里设置的是 {here}。确实要用备份的身份,请加 --replace",
                f"the backup is of {there}, but the settings here say {here}. Add --replace to take its identity",
            )
        )


def _identified(settings: Settings) -> bool:
    """Whether somebody has said who publishes here."""
    return bool(settings.model_fields_set & {"feed_domain", "feed_since"})


def _put_file(settings: Settings, name: str, content: bytes, backup: Backup, now: datetime) -> What:
    """Where there is another one that stays, it goes beside it."""
    path = settings.home / name
    if name == SETTINGS:
        content = _for_this_database(content, settings)
    if not path.exists():
        _write(path, content)
        return "written"
    if path.read_bytes() == content:
        return "same"
    tag = f"{backup.about['feed_domain']},{backup.about['feed_since']}"
    if name == SETTINGS and settings.tag != tag:
        _write(path.with_name(f"{path.name}.before-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"), path.read_bytes())
        _write(path, content)
        return "replaced"
    _write(path.with_name(f"{path.name}{BESIDE}"), content)
    return "beside"


def _write(path: Path, content: bytes) -> None:
    """With keys of notification targets in it, for the owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.touch(0o600)
    fresh.write_bytes(content)
    fresh.replace(path)


def _for_this_database(content: bytes, settings: Settings) -> bytes:
    """The settings of the backup, but for the database that it came from: the rows go where this program is told."""
    text = content.decode("utf-8")
    usual = f"sqlite:///{settings.home / 'zhijiao.db'}"
    text = re.sub(r"(?m)^(?=[ \t]*database_url[ \t]*=)", say("# 备份时的数据库:", "# as backed up: "), text)
    if settings.database_url != usual:
        text = f"database_url = {json.dumps(settings.database_url, ensure_ascii=False)}\n{text}"
    return text.encode()


def lacking(settings: Settings) -> Mapping[str, Path]:
    """What no backup holds, by its name for people."""
    outside = {say("目录", "catalogue"): settings.sources, say("词表", "lexicon"): settings.lexicon}
    return {say("原始页面", "raw pages"): settings.archive} | {
        name: path for name, path in outside.items() if path and settings.home not in path.parents
    }
