"""The names of provinces and cities, cut from the full names of regions that stories lie in."""

import re
from collections.abc import Iterable

# Cities without a prefecture above their districts: their province is their city.
MUNICIPALITIES = ("11", "12", "31", "50")
_PROVINCE = re.compile(r"(?:.{2,3}?自治区|香港特别行政区|澳门特别行政区|.{2,8}?自治区|.{2,4}?[省市])")
_CITY = re.compile(r".{2,12}?(?:市|地区|自治州|盟)")


def province_of(adcode: str, regions: Iterable[tuple[str, str]]) -> str | None:
    """The name of the province 360000, as 江西省, told from any region in it."""
    for name, code in regions:
        if code[:2] == adcode[:2] and (found := _PROVINCE.match(name)):
            return found[0]
    return None


def city_of(adcode: str, regions: Iterable[tuple[str, str]]) -> str | None:
    """The full name of the city 360100, as 江西省南昌市; None where there is no city between province and county."""
    if not adcode.endswith("00") or adcode[2:4] == "90" or adcode[:2] in MUNICIPALITIES:
        return None
    for name, code in regions:
        if code[:4] != adcode[:4] or not (province := _PROVINCE.match(name)):
            continue
        if code == adcode:
            return name
        if city := _CITY.match(name, province.end()):
            return name[: city.end()]
    return None
