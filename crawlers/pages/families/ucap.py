"""UCAP 开普云: <ucaptitle>, <ucapcontent>, #UCAP-CONTENT."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "ucap",
    marks=("#UCAP-CONTENT", "<UCAPCONTENT", "<ucapcontent"),
    body=("#UCAP-CONTENT", "ucapcontent"),
    title=("ucaptitle",),
)
