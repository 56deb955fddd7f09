"""新华网: #detail or #p-detail; name and time above it in .header or .h-info."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "xinhua",
    marks=("#p-detail", "#detailContent", ".h-title"),
    body=("#detailContent", "#p-detail"),
    title=(".h-title",),
    published=(".h-time",),
    editor=(".p-jc", ".editor"),
)
