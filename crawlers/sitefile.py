"""What may stand in a site's TOML and in what words its mistakes are told; `docs/add-a-source.md` explains the keys."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from cssselect import HTMLTranslator
from cssselect.parser import SelectorError
from lxml.etree import XPath, XPathError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from crawlers.pages.families.order import FAMILIES
from pipeline.article import Publishing
from storage.language import say

SiteKind = Literal["government", "media", "college", "association", "tutoring", "portal"]
Level = Literal["national", "province", "city", "county", "none"]
Tls = Literal["legacy", "unverified"]
ChannelKind = Literal["list", "feed", "sitemap", "json"]
ADCODE = re.compile(r"[1-9]\d{5}")  # GB/T 2260; provinces are not enumerated: the sample sites lie in an invented one
ADDRESS = re.compile(r"https?://([^\s/?#@:\[\]]+|\[[0-9a-fA-F:.]+\])(:[1-9]\d{0,4})?([/?#]\S*)?")  # nobody's password
TO_XPATH = HTMLTranslator().css_to_xpath
UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise ValueError(say(f"不是 http(s) 网址:{text!r}", f"not an http(s) address: {text!r}"))
    return text


def _selector(text: str) -> str:
    try:
        XPath(text) if text.startswith(("/", "(", ".//")) else TO_XPATH(text)
    except (SelectorError, XPathError) as error:
        raise ValueError(
            say(f"不是 CSS 选择器或 XPath:{text!r}({error})", f"neither CSS nor XPath: {text!r} ({error})")
        ) from None
    return text


def _family(name: str) -> str:
    known = [family.name for family in FAMILIES]
    if name not in known:
        raise ValueError(_none_of(name, known))
    return name


def _adcode(code: str) -> str:
    if not ADCODE.fullmatch(code):
        raise ValueError(
            say(
                f"不是行政区划代码:{code!r}(六位数字,如 140400)",
                f"not an adcode: {code!r} (six digits, such as 140400)",
            )
        )
    return code


def _seconds(value: object) -> object:
    """Seconds from 90 or "90s", "15m", "6h", "1d"."""
    if not isinstance(value, str):
        return value
    if match := re.fullmatch(r"(\d+)([smhd])", value):
        return int(match[1]) * UNITS[match[2]]
    raise ValueError(
        say(f"不是时长:{value!r}(如 15m、6h、1d)", f"not a length of time: {value!r} (such as 15m, 6h, 1d)")
    )


Address = Annotated[str, AfterValidator(_address)]
Selector = Annotated[str, AfterValidator(_selector)]
Family = Annotated[str, AfterValidator(_family)]
Duration = Annotated[int, BeforeValidator(_seconds), Field(gt=0)]
Text = Annotated[str, Field(min_length=1)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
Adcode = Annotated[str, AfterValidator(_adcode)]
Path = Annotated[str, Field(pattern=r"^[^.\s]+(\.[^.\s]+)*$")]  # of keys, such as data.results


class _Table(BaseModel):
    """A table of the file. The order of the fields counts: a check can look at the fields before its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _Switch(_Table):
    """What can be switched off, but not without a reason."""

    enabled: bool = Field(True, description="false: not visited")
    disabled_reason: str | None = Field(
        None, validate_default=True, description="why not, and what an operator can do about it"
    )

    @field_validator("disabled_reason")
    @classmethod
    def _says_why(cls, reason: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("enabled") is False and not reason:
            raise ValueError(say("enabled = false 时要写明原因", "enabled = false needs a reason"))
        return reason


class ArticleTable(_Table):
    title: Selector | None = Field(None, description="the title")
    published: Selector | None = Field(None, description="the date of publication")
    source: Selector | None = Field(None, description="来源")
    author: Selector | None = Field(None, description="作者")
    editor: Selector | None = Field(None, description="编辑")
    body: Selector | None = Field(None, description="the element that holds the text")
    drop: tuple[Selector, ...] = Field((), description="what to take out of the body")


class ListTable(_Table):
    row: Selector | None = Field(None, description="one element per item")
    link: Selector | None = Field(None, description="the link, within the row")
    title: Selector | None = Field(None, description="the title, within the row")
    date: Selector | None = Field(None, description="the date, within the row")
    next: Selector | None = Field(None, description="the link to the next page")


class DataTable(_Table):
    items: Path | None = Field(None, description="path to the list of items; missing: the answer is that list")
    title: Path = Field(description="the title, within an item")
    url: Path = Field(description="the link, within an item")
    date: Path | None = Field(None, description="the date, within an item")
    page: Text | None = Field(None, description="the parameter of address or form that counts pages from 1")
    form: dict[str, str] | None = Field(None, description="fields of a form, which is then sent by POST")


class ChannelTable(_Switch):
    key: Name = Field(description="names the channel within the site")
    name: Text = Field(description="the column's name as the site shows it")
    url: str = Field("", validate_default=True, description="address of the list page or feed")
    kind: ChannelKind = Field(
        "list",
        description="list (a page of links), feed (RSS or Atom), sitemap (news sitemap) or json (an answer with JSON)",
    )
    floor: Duration = Field(300, description="never visited more often than this")
    ceiling: Duration = Field(86_400, description="never visited less often than this")
    vocational: bool = Field(False, description="everything here is about vocational education")
    data: DataTable | None = Field(None, validate_default=True, description="where the items of JSON are")

    @field_validator("data")
    @classmethod
    def _with_json(cls, data: DataTable | None, info: ValidationInfo) -> DataTable | None:
        if (data is not None) != (info.data.get("kind", data and "json") == "json"):
            raise ValueError(say('kind = "json" 和 data 要一起写', 'kind = "json" and data go together'))
        return data

    @field_validator("url")
    @classmethod
    def _known_if_enabled(cls, url: str, info: ValidationInfo) -> str:
        if url:
            return _address(url)
        if info.data.get("enabled", True):
            raise ValueError(
                say(
                    "缺少网址;不知道时写 enabled = false 和原因",
                    "no address; if nobody knows it, say enabled = false and why",
                )
            )
        return url

    @field_validator("ceiling")
    @classmethod
    def _not_below_floor(cls, ceiling: int, info: ValidationInfo) -> int:
        if ceiling < info.data.get("floor", 0):
            raise ValueError(say("小于 floor", "is below floor"))
        return ceiling


class EvidenceTable(_Table):
    ref: Text = Field(description="key in the list of sources that the facts come from")
    date: Annotated[str, Field(pattern=r"^(\d{4}(-\d\d){0,2}|undated)$")] = Field(
        description="how old that knowledge is: 2026-06-17, 2026-06, 2026, or undated"
    )


class SiteFile(_Switch):
    id: Name = Field(description="the file's name without .toml")
    name: Text = Field(description="the site's name")
    home: Address | None = Field(None, description="address of the home page")
    kind: SiteKind = Field(description="who runs it")
    level: Level = Field("none", description="level of administration")
    region: Adcode | None = Field(None, description="adcode of its region, six digits")
    region_name: Text | None = Field(
        None, validate_default=True, description="the region's full name, such as 山西省长治市"
    )
    family: Family | None = Field(None, description="CMS family, for people; pages are recognised by what they show")
    encoding: Text | None = Field(None, description="charset, where the server names a wrong one or none")
    publishing: Publishing = Field("excerpt", description="how much of a text feeds may show: full, excerpt or link")
    trust: Annotated[int, Field(ge=0, le=5)] = Field(0, description="how well the facts are known, 0 to 5")
    vocational: bool = Field(False, description="everything here is about vocational education")
    tls: Tls | None = Field(
        None,
        description="legacy: the server knows only old ciphers and protocols; unverified: nor is its certificate valid",
    )
    proxy: Name | None = Field(None, description="name of the proxy to ask through")
    referer: bool = Field(False, description="pages are shown only to those who come from the home page")
    network: Name | None = Field(
        None, description="label of the network from which workers ask; one machine alone asks from its own"
    )
    browser: bool = Field(False, description="pages that show nothing without JavaScript are opened in a browser")
    article: ArticleTable | None = Field(None, description="where the parts of an article page are")
    list: ListTable | None = Field(None, description="where the parts of a list page are")
    channels: tuple[ChannelTable, ...] = Field(
        (), validate_default=True, description="the columns to visit, at least one if the site is enabled"
    )
    evidence: tuple[EvidenceTable, ...] = Field((), description="where the facts come from")

    @field_validator("id")
    @classmethod
    def _names_its_file(cls, site_id: str, info: ValidationInfo) -> str:
        if info.context and site_id != info.context["stem"]:
            raise ValueError(say(f"{site_id!r} 与文件名不同", f"{site_id!r} is not the file's name"))
        return site_id

    @field_validator("region_name")
    @classmethod
    def _with_region(cls, name: str | None, info: ValidationInfo) -> str | None:
        if "region" in info.data and (name is None) != (info.data["region"] is None):
            raise ValueError(say("region 和 region_name 要么都写,要么都不写", "region and region_name go together"))
        return name

    @field_validator("channels")
    @classmethod
    def _keys_differ(cls, channels: tuple[ChannelTable, ...], info: ValidationInfo) -> tuple[ChannelTable, ...]:
        if not channels and info.data.get("enabled", True):
            raise ValueError(say("一个栏目也没有", "there is none"))
        keys = [channel.key for channel in channels]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise ValueError(say(f"key 重复:{', '.join(twice)}", f"key used twice: {', '.join(twice)}"))
        return channels


TABLES: dict[str, type[_Table]] = {
    "article": ArticleTable,
    "list": ListTable,
    "channels": ChannelTable,
    "data": DataTable,
    "evidence": EvidenceTable,
}


def mistakes(error: ValidationError, file: str) -> Iterator[str]:
    """Every mistake of one file, a sentence each, naming file and key (`channels.2.url`: of the second channel)."""
    for found in error.errors():
        key = ".".join(str(part + 1) if isinstance(part, int) else part for part in found["loc"])
        match found["type"]:
            case "extra_forbidden":
                yield say(f"{file} 中有未知的键 `{key}`", f"unknown key `{key}` in {file}") + _meant(found["loc"])
            case "missing":
                yield say(f"{file} 中缺少键 `{key}`", f"missing key `{key}` in {file}")
            case "literal_error":
                yield _wrong(file, key, _choices(found))
            case "value_error":
                yield _wrong(file, key, str(found["ctx"]["error"]))
            case "string_pattern_mismatch":
                pattern = found["ctx"]["pattern"]
                yield _wrong(
                    file,
                    key,
                    say(f"{found['input']!r} 不符合 {pattern}", f"{found['input']!r} does not match {pattern}"),
                )
            case _:
                yield _wrong(file, key, found["msg"])


def _wrong(file: str, key: str, why: str) -> str:
    return say(f"{file} 中的 `{key}` 有误:{why}", f"wrong `{key}` in {file}: {why}")


def _meant(loc: tuple[int | str, ...]) -> str:
    tables = [part for part in loc[:-1] if isinstance(part, str)]
    table = TABLES[tables[-1]] if tables else SiteFile
    near = get_close_matches(str(loc[-1]), table.model_fields, n=1)
    return say(f"(是否想写 `{near[0]}`?)", f" (did you mean `{near[0]}`?)") if near else ""


def _choices(found: Any) -> str:
    return _none_of(str(found["input"]), re.findall(r"'([^']*)'", found["ctx"]["expected"]))


def _none_of(value: str, choices: list[str]) -> str:
    near = get_close_matches(value, choices, n=1)
    known = ", ".join(choices)
    meant = say(f",是否想写 {near[0]!r}?", f" (did you mean {near[0]!r}?)") if near else ""
    return say(f"{value!r} 不在 {known} 之中{meant}", f"{value!r} is none of {known}{meant}")
