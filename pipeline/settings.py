"""Every option of the product, its default and one line of help. Nothing else reads the environment.

Order: an environment variable `ZHIJIAO_<NAME>` wins over `$ZHIJIAO_HOME/zhijiao.toml`, which wins over the default.
"""

import json
import os
import re
import tomllib
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from pipeline.mistakes import meant, why
from storage.errors import SettingsError
from storage.language import Language, say

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

CHECKOUT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """The folder that holds all data: `ZHIJIAO_HOME`, else `var/` of the checkout."""
    return Path(os.environ.get("ZHIJIAO_HOME") or CHECKOUT / "var").expanduser().absolute()


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ZHIJIAO_", frozen=True, extra="forbid", env_ignore_empty=True)

    home: Path = Field(default_factory=home, description="folder that holds all data")
    database_url: str = Field(
        default="", description="SQLAlchemy address of the database; empty: zhijiao.db in home", repr=False
    )
    sources: Path | None = Field(
        default=None,
        description="your own site TOML files, which add to and override the bundled ones; default: sources in home",
    )
    bundled_sources: bool = Field(default=True, description="load the catalogue that comes with the program")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="WARNING", description="what the crawl writes to standard error; INFO: a line for each visit"
    )
    lang: Language = Field(default="zh", description="language of messages and pages")

    feed_domain: str = Field(
        default="localhost", description="domain in the entries' tag URIs; fixed once by `zhijiao init`"
    )
    feed_since: int = Field(
        default=2026, ge=2000, le=2100, description="year in the tag URIs; fixed once by `zhijiao init`"
    )
    base_url: str = Field(
        default="http://127.0.0.1:8000", description="address under which feeds and pages are reached"
    )
    contact: str = Field(default="", description="mail or web address that the crawler shows to the sites it visits")
    feed_title: str = Field(default="职教动态", description="title of the main feed")
    feed_entries: int = Field(default=100, ge=1, le=1000, description="entries in a feed")
    feed_hours: int = Field(
        default=48,
        ge=0,
        le=87_600,
        description="everything released in the last so many hours stays in the feed, beyond feed_entries",
    )

    listen_host: str = Field(default="127.0.0.1", description="address that `zhijiao up` listens on")
    listen_port: int = Field(default=8000, ge=0, le=65535, description="port that `zhijiao up` listens on")
    tick_seconds: int = Field(default=300, ge=1, le=86_400, description="pause between two ticks of `zhijiao up`")

    delay_seconds: float = Field(default=2.0, ge=0, le=86_400, description="pause between two requests to one host")
    longest_delay_seconds: float = Field(
        default=60.0,
        ge=0,
        le=86_400,
        description="the longest such pause, however slow a host is and whatever its robots.txt asks",
    )
    timeout_seconds: float = Field(
        default=30.0, gt=0, le=86_400, description="a page that takes longer counts as failed"
    )
    max_bytes: int = Field(default=10_000_000, gt=0, description="a page that is larger counts as failed")
    read_seconds: float = Field(
        default=5.0, gt=0, le=86_400, description="a page that takes longer to read counts as failed"
    )
    keep_pages: bool = Field(default=True, description="keep every page that was read, as WARC in archive in home")
    archive_days: int = Field(default=730, ge=0, le=36_500, description="days that these pages are kept; 0: for ever")
    archive_gigabytes: float = Field(
        default=50.0,
        ge=0,
        le=1_000_000,
        description="the most that they take; beyond it the oldest days go; 0: no limit",
    )
    visit_days: int = Field(default=400, ge=60, le=36_500, description="days that the record of each visit is kept")
    obey_robots: bool = Field(default=True, description="obey robots.txt")
    allow_private: str = Field(
        default="", description="private networks that may be asked, such as 10.1.0.0/16; others are refused"
    )
    proxies: dict[str, str] = Field(
        default_factory=dict, description="addresses of the proxies that sites name in their files", repr=False
    )
    lease_seconds: int = Field(
        default=120, ge=2, le=86_400, description="how long a crashed crawl keeps its hosts from others"
    )
    visits_per_day: int = Field(
        default=0, ge=0, description="visits of all channels on an average day; 0: 24 for each channel"
    )
    visits_per_host: int = Field(
        default=480, ge=1, description="visits of one host's channels on an average day, within their ceilings"
    )
    poll_seconds: int = Field(
        default=0,
        ge=0,
        le=31_536_000,
        description="a fixed pause between two visits of a channel; 0: by its rhythm and the budget",
    )
    overflow_pages: int = Field(
        default=5, ge=0, description="further list pages that a visit reads where more is new than one page shows"
    )
    first_visit_days: int = Field(
        default=7, ge=0, le=36_500, description="a first visit or back-fill publishes only what is at most this old"
    )

    lexicon: Path | None = Field(
        default=None, description="folder of a lexicon that says what belongs; empty: vocational education"
    )
    threshold: float = Field(default=0.5, ge=0, le=1, description="score from which an article belongs")
    review_band: float = Field(
        default=0.15, ge=0, le=0.5, description="scores this close to the threshold are marked for review"
    )

    @field_validator("allow_private")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        for part in re.split(r"[,\s]+", text.strip()):
            if part and not _is_network(part):
                raise ValueError(say(f"{part!r} 不是网段,如 10.1.0.0/16", f"{part!r} is no network like 10.1.0.0/16"))
        return text

    @field_validator("proxies")
    @classmethod
    def _are_proxies(cls, proxies: dict[str, str]) -> dict[str, str]:
        for name, address in proxies.items():
            if not re.fullmatch(r"https?://([^\s/@]+@)?[^\s/?#@]+/?", address):
                like = "http://host:port"
                raise ValueError(say(f"{name} 不是代理的地址,如 {like}", f"{name} is no address like {like}"))
        return proxies

    @model_validator(mode="after")
    def _place_database(self) -> "Settings":
        if not self.database_url:
            object.__setattr__(self, "database_url", f"sqlite:///{self.home / 'zhijiao.db'}")
        return self

    @property
    def own_sources(self) -> Path | None:
        """The operator's own folder of sites: the one named, else `sources` in home as soon as there is one."""
        usual = self.home / "sources"
        return self.sources or (usual if usual.is_dir() else None)

    @property
    def public(self) -> Path:
        """Folder of the published files."""
        return self.home / "public"

    @property
    def archive(self) -> Path:
        """Folder of the raw pages."""
        return self.home / "archive"

    @property
    def tag(self) -> str:
        """Authority of the entries' tag URIs (RFC 4151), such as example.org,2026."""
        return f"{self.feed_domain},{self.feed_since}"

    def identified(self) -> "Settings":
        """These settings, if they say who is crawling; an anonymous crawl is refused."""
        if not self.contact:
            raise SettingsError(
                say(
                    "还不知道是谁在抓取:请先运行 zhijiao init(或设置 ZHIJIAO_CONTACT),联系方式会告诉被访问的网站",
                    "who is crawling? run `zhijiao init` (or set ZHIJIAO_CONTACT): sites are shown a contact",
                )
            )
        return self

    def environment(self) -> dict[str, str]:
        """The environment in which a child process loads exactly these settings."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {
            f"ZHIJIAO_{name.upper()}": json.dumps(value) if isinstance(value, dict) else str(value)
            for name, value in values.items()
            if value is not None
        }

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  the parent's signature; no .env files here
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  nor folders of secrets
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, home() / "zhijiao.toml")


def _is_network(text: str) -> bool:
    try:
        return bool(ip_network(text))
    except ValueError:
        return False


def secret(name: str) -> str | None:
    """What the operator keeps in the environment instead of in a file, under a name of his own."""
    return os.environ.get(name)


def load() -> Settings:
    """Read the settings; SettingsError names every wrong option and where it stands."""
    path = home() / "zhijiao.toml"
    try:
        return Settings()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(say(f"{path} 不是合法的 TOML:{error}", f"{path} is not valid TOML: {error}")) from None
    except OSError as error:
        raise SettingsError(say(f"读不了 {path}:{error.strerror}", f"cannot read {path}: {error.strerror}")) from None
    except ValidationError as error:
        raise SettingsError("\n".join(_told(found, path) for found in error.errors())) from None


def _told(found: "ErrorDetails", path: Path) -> str:
    name = ".".join(map(str, found["loc"]))
    if found["type"] == "extra_forbidden":
        near = meant(name, Settings.model_fields)
        return say(f"{path} 中有未知的设置 `{name}`{near}", f"unknown setting `{name}` in {path}{near}")
    variable = f"ZHIJIAO_{name.upper()}"
    place = say(f"环境变量 {variable}", f"environment variable {variable}") if os.environ.get(variable) else str(path)
    return say(f"{place} 中的设置 `{name}` 有误:{why(found)}", f"wrong setting `{name}` in {place}: {why(found)}")
