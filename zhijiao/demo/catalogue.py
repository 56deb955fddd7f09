"""Writes a sample site as the catalogue describes sites, so that the demo crawls it like any other."""

import json
from pathlib import Path

from zhijiao.demo.sites import SampleSite

Facts = dict[str, str | int | bool]


def write(folder: Path, site: SampleSite, base: str) -> Path:
    """`<site id>.toml` in the folder. JSON strings are TOML strings."""
    facts: Facts = {
        "id": site.id,
        "name": site.name,
        "home": f"{base}/",
        "kind": site.kind,
        "level": site.level,
        "publishing": site.publishing,
        "trust": site.trust,
        "vocational": site.vocational,
    }
    if site.region:
        facts |= {"region": site.region, "region_name": site.region_name}
    channels: list[Facts] = [
        {"key": c.key, "name": c.name, "url": base + c.path, "kind": c.kind, "floor": c.floor, "ceiling": c.ceiling}
        for c in site.channels
    ]
    tables = [_lines(facts), *("[[channels]]\n" + _lines(channel) for channel in channels)]
    path = folder / f"{site.id}.toml"
    path.write_text("\n".join(tables), encoding="utf-8")
    return path


def _lines(facts: Facts) -> str:
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in facts.items())
