"""What all pages share: their templates, their language, and their frame with the names that stand in it."""

from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.health.wording import CURES, NAMES, evidence
from pipeline.reasons import told
from pipeline.settings import Settings
from publish.entries import SHANGHAI
from publish.feeds.catalogue import main_feed
from publish.feeds.formats import FORMATS, Feed
from publish.site.links import Links
from publish.site.selecting import KINDS
from storage.records import Selection


class Frame:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.links = Links(urlsplit(settings.base_url).path.rstrip("/"))  # pages may live below a proxy's folder
        self.templates = Environment(
            loader=PackageLoader("publish.site"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals.update(
            settings=settings,
            say=self.say,
            kind=self.kind,
            names=NAMES,
            cures=CURES,
            evidence=evidence,
            told=self.told,
            formats=FORMATS,
            main_feed=main_feed(settings),
            shanghai=SHANGHAI,
            selecting=Selection,
            all=Selection(),
        )

    def html(self, template: str, *, links: Links | None = None, feed: Feed | None = None, **values: Any) -> str:
        """A page; `feed` is the one that readers are offered on it, by default that of all stories."""
        offered = feed or main_feed(self.settings)
        return self.templates.get_template(template).render(links=links or self.links, feed=offered, **values)

    def say(self, zh: str, en: str) -> str:
        """Pages follow the setting, whatever language the command speaks that made them."""
        return en if self.settings.lang == "en" else zh

    def told(self, reason: str) -> str:
        """Why an article was judged as it was."""
        return told(reason, self.settings.lang)

    def kind(self, name: str) -> str:
        """Who runs a site, in the words of the page."""
        return self.say(*KINDS.get(name, (name, name)))
