"""微信公众号: #js_content stays invisible until its script runs; the time is a number in the script."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "wechat",
    marks=("#js_content", "#activity-name"),
    body=("#js_content",),
    title=("#activity-name",),
    source=("#js_name",),
    author=("//meta[@name='author']/@content",),
)
