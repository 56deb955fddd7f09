"""Founder 方正 (翔宇): web pages content_ID.htm and e-papers with their fields in an enpproperty comment."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "founder",
    marks=("enpproperty", "<founder-content", "#ozoom", "#contentMain", "#displaypagenum", ".Newsfont"),
    body=("founder-content", "#ozoom", "#contentMain", ".u-mainText", ".Newsfont"),
    title=("#articleTitle", ".u-title"),
    published=("#pubTime",),
    source=("#source",),
    editor=("#contentLiability",),
)
