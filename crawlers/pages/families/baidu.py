"""百度新闻源 ids, printed by many engines: #pubtime_baidu, #source_baidu, #author_baidu, #editor_baidu."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "baidu",
    marks=("#pubtime_baidu", "#source_baidu", "#editor_baidu"),
    published=("#pubtime_baidu",),
    source=("#source_baidu",),
    author=("#author_baidu",),
    editor=("#editor_baidu",),
)
