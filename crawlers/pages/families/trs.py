"""TRS WCM 拓尔思: .TRS_Editor, since about 2019 .TRS_UEDITOR in .trs_editor_view."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "trs",
    marks=(".TRS_Editor", ".TRS_UEDITOR", ".trs_editor_view", ".Custom_UnionStyle", "createPageHTML("),
    body=(".trs_editor_view", ".TRS_UEDITOR", ".TRS_Editor"),
)
