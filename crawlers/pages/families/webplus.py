"""苏迪 WebPlus: .wp_articlecontent; the visit counter says type=3 on articles, type=2 on columns."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "webplus",
    marks=("sudy-wp", "/_visitcount?", ".wp_articlecontent"),
    body=(".wp_articlecontent",),
    title=("h1.arti_title", ".Article_Title"),
    published=(".arti_update", ".Article_PublishDate"),
    source=(".arti_source",),
    author=(".arti_author",),
    column=(r"/_visitcount\?siteId=\d+&(?:amp;)?type=[12]\b",),
    rows=("ul.news_list > li", "li.news"),
)
