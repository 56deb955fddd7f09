"""Reads one site's pages once, as its TOML says, and stores nothing: what `zhijiao sources check --live` shows."""

from pathlib import Path
from tempfile import TemporaryDirectory

from crawlers.catalogue import Site, read
from crawlers.events import Job
from crawlers.switches import switched_on
from pipeline.settings import Settings
from storage.errors import CatalogueError
from storage.language import say
from zhijiao.crawl import Event, OnEvent, crawl
from zhijiao.tick import catalogue_of, opened, synchronise


def try_out(path: Path, key: str | None, settings: Settings, on_event: OnEvent) -> list[Event]:
    """The `channel_finished` events of its channels, or of one of them; disabled ones are tried, too.

    A site that the catalogue has is tried on the real database, so that no other process asks its host meanwhile.
    """
    text = path.read_text("utf-8")
    site = read(text.encode(), path.stem, path.name)
    tried = [channel for channel in site.channels if key in (None, channel.id.partition("/")[2])]
    readable = [channel for channel in tried if channel.url]
    if not readable:
        reasons = "; ".join(f"{channel.id}: {channel.disabled_reason}" for channel in tried)
        raise CatalogueError(
            say(f"{site.id} 没有可以试读的栏目({reasons})", f"{site.id}: no channel to try ({reasons})")
        )
    for channel in readable:
        if not channel.enabled:
            text = switched_on(text, channel.id.partition("/")[2])
    with TemporaryDirectory() as folder:
        (Path(folder) / path.name).write_text(switched_on(text), "utf-8")
        trial = _trial(settings, Path(folder), site)
        return crawl([Job(channel.id, dry_run=True) for channel in readable], trial, on_event)


def _trial(settings: Settings, folder: Path, site: Site) -> Settings:
    """Settings with the folder as the whole catalogue, and a database that knows the site's channels."""
    here = {"sources": folder, "bundled_sources": False}
    catalogue = catalogue_of(settings)
    if all(catalogue.find(channel.id) for channel in site.channels):
        trial = settings.model_copy(update=here)
    else:
        trial = settings.model_copy(update=here | {"database_url": f"sqlite:///{folder / 'trial.db'}"})
        catalogue = catalogue_of(trial)
    with opened(trial) as database:
        synchronise(database, catalogue)
    return trial
