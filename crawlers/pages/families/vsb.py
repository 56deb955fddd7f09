"""博达 Visual SiteBuilder: .v_news_content in #vsb_content…; the third number of _jsq_ is -1 on column pages."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "vsb",
    marks=("Visual SiteBuilder", ".v_news_content", "#vsb_content", "_jsq_("),
    body=("[id^=vsb_content]", ".v_news_content"),
    parts=True,
    title=("//*[starts-with(@class, 'titlestyle')]",),
    column=(r"_jsq_\(\s*\d+\s*,\s*'[^']*'\s*,\s*-1\s*,",),
    rows=("[id^=line_u]", "[id^=line_]"),
)
