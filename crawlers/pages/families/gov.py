"""Government pages of no known engine, by the meta tags of 国办发〔2017〕47号 and the usual containers."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "gov",
    marks=("meta:articletitle", "meta:columnname"),
    body=(
        "#zoom",
        "#Zoom",
        "#zoomcon",
        "#ivs_content",
        ".Article_content",
        ".pages_content",
        ".article-content",
        ".xl_text",
    ),
)
