"""Credits resolved to institutions, and who was first."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.article import Outlet, Region, SiteFacts
from pipeline.stages.outlets import first_of, first_publisher, home_of, is_local, outlet

CHANGZHI = Region("山西省长治市", "140400")
NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("source", "name", "kind"),
    [
        ("长治日报社", "长治日报", "媒体"),
        ("来源：《长治日报》", "长治日报", "媒体"),
        ("转载自:人民网-《人民日报》", "人民日报", "媒体"),
        ("新华社 记者 王某", "新华社", "媒体"),
        ("人民网青川频道", "人民网", "媒体"),
        ("“青川教育发布”微信公众号", "青川教育发布", "官方"),
        ("青川省教育厅官网", "青川省教育厅", "官方"),
        ("临江市教育局职社科", "临江市教育局", "官方"),
        ("教育部职成司", "教育部职业教育与成人教育司", "官方"),
        ("青川职业技术学院新闻网", "青川职业技术学院", "院校"),
        ("临江区职业教育中心", "临江区职业教育中心", "院校"),
        ("启明家教网", "启明家教网", "平台"),
        ("职教圈", "职教圈", "平台"),
    ],
)
def test_one_institution(source: str, name: str, kind: str) -> None:
    found = outlet(source)
    assert found is not None
    assert (found.name, found.kind) == (name, kind)


@pytest.mark.parametrize("source", ["", "网络", "本站原创", "综合整理", "教务处", "-"])
def test_nobody(source: str) -> None:
    assert outlet(source) is None


def test_a_platform_is_no_outlet_of_what_speaks_as_a_city() -> None:
    assert outlet("启明家教网", "7月8日，我市召开职教大会。") is None
    assert outlet("启明家教网", "新华社北京7月8日电 职教大会召开。") == Outlet("新华社", "媒体")


def test_a_site_that_means_itself() -> None:
    college = SiteFacts("qc", "青川职业技术学院", kind="college", region=CHANGZHI)
    portal = SiteFacts("cz", "长治热线", kind="portal", region=CHANGZHI)
    tutors = SiteFacts("qm", "无锡启明家教网", kind="tutoring", region=CHANGZHI)
    assert outlet("本站", site=college) == Outlet("青川职业技术学院", "院校", CHANGZHI)
    assert outlet("长治热线", site=portal) == Outlet("长治热线", "媒体", CHANGZHI)
    assert outlet("启明家教网", "我市召开大会。", tutors) is None
    assert outlet("启明家教网", "暑期班招生。", tutors) == Outlet("无锡启明家教网", "平台", CHANGZHI)
    assert outlet(None, "学院开学。", college) == Outlet("青川职业技术学院", "院校", CHANGZHI)
    assert outlet(None, "学院开学。", portal) is None


@pytest.mark.parametrize(
    ("source", "site", "name"),
    [
        ("国际交流处", "college", "长治职业技术学院"),
        ("校企合作办公室", "college", "长治职业技术学院"),
        ("市教育局职业能力建设科", "government", "长治市教育局"),
        ("市职业技能大赛组委会办公室", "government", "长治市教育局"),
        ("省职业技能鉴定指导中心", "government", "省职业技能鉴定指导中心"),  # not the city's
        ("市融媒体中心", "government", "市融媒体中心"),
        ("市职业技术学院招生处", "government", "市职业技术学院"),
        ("市委办公室", "government", "市委办公室"),
        ("国际交流处", "portal", "国际交流处"),
    ],
)
def test_an_office_is_of_the_authority_or_school_on_whose_site_it_stands(source: str, site: str, name: str) -> None:
    names = {"college": "长治职业技术学院", "government": "长治市教育局", "portal": "长治热线"}
    found = outlet(source, site=SiteFacts("cz", names[site], site, CHANGZHI))
    assert found is not None
    assert found.name == name


def test_whose_city_we_are() -> None:
    site = SiteFacts("cz", "长治热线", region=CHANGZHI)
    assert home_of(outlet("浙江日报"), site) == Region("浙江省", "330000")
    assert home_of(outlet("新华社"), site) == CHANGZHI
    assert (is_local(outlet("新华社")), is_local(outlet("长治日报")), is_local(None)) == (False, True, True)


@dataclass(frozen=True)
class Told:
    site: str
    outlet: str | None
    published: datetime | None
    precision: str | None
    found: datetime
    kind: str = "portal"


PAPER = Told("青川日报", "青川日报", NOW, "minute", NOW + timedelta(hours=3))
EARLY = Told("职教观察", None, NOW - timedelta(hours=20), "day", NOW)
PORTAL = Told("青川热线", "青川日报", NOW + timedelta(hours=1), "minute", NOW + timedelta(hours=2))


def test_the_first_publisher_is_whom_most_credit() -> None:
    assert first_publisher([EARLY, PORTAL, PAPER]) == "青川日报"
    assert first_publisher([EARLY]) is None
    assert first_publisher(
        [replace(PAPER, outlet=name) for name in ("临江晚报", "青川市人社局", "青川市人力资源和社会保障局")]
    ) == ("青川市人社局")
    assert first_publisher([PORTAL, replace(PORTAL, outlet="临江晚报", published=NOW)]) == "临江晚报"


def test_the_article_to_show_is_the_first_publishers_own_else_the_most_official_else_the_earliest() -> None:
    assert first_of([EARLY, PORTAL, PAPER]) == 2
    assert first_of([PORTAL, EARLY]) == 1
    assert first_of([EARLY, PORTAL, replace(PORTAL, site="青川市人民政府", kind="government")]) == 2
    assert first_of([replace(EARLY, published=None), PORTAL]) == 0
