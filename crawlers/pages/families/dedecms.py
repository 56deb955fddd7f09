"""DedeCMS 织梦: re-skinned almost everywhere, so its counters and upload folders show it."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "dedecms",
    marks=("/plus/count.php", "/plus/view.php", "/plus/list.php", ".dede_pages"),
    body=(".viewbox .content", ".article-content"),
    title=(".viewbox .title h2",),
    rows=(".listbox ul.e2 > li",),
)
