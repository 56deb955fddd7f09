"""Every family, in the order in which they are asked: engines first, then what several engines print."""

from crawlers.pages.families import (
    baidu,
    dedecms,
    founder,
    gov,
    hanweb,
    people,
    trs,
    ucap,
    vsb,
    webplus,
    wechat,
    xinhua,
)
from crawlers.pages.families.family import Family

FAMILIES: tuple[Family, ...] = (
    wechat.FAMILY,
    hanweb.FAMILY,
    vsb.FAMILY,
    webplus.FAMILY,
    ucap.FAMILY,
    trs.FAMILY,
    people.FAMILY,
    xinhua.FAMILY,
    founder.FAMILY,
    dedecms.FAMILY,
    baidu.FAMILY,
    gov.FAMILY,
)
