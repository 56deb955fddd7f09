"""Which administrative divisions an article is about: so far the one its site belongs to."""

from pipeline.article import Region, SiteFacts


def regions(site: SiteFacts | None) -> tuple[Region, ...]:
    return (site.region,) if site and site.region else ()
