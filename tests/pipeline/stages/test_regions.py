"""The region of the site."""

from pipeline.article import Region, SiteFacts
from pipeline.stages.regions import regions

LINJIANG = Region("青川省临江市", "990100")


def test_the_region_of_the_site() -> None:
    assert regions(SiteFacts("lj", "临江教育网", region=LINJIANG)) == (LINJIANG,)
    assert regions(SiteFacts("zj", "职教观察")) == ()
    assert regions(None) == ()
