"""大汉 Hanweb JCMS: fields between comments such as <!--<$[标题]>begin-->, list rows in a <datastore> script."""

from crawlers.pages.families.family import Family

FAMILY = Family(
    "hanweb",
    marks=("<$[", "<datastore>", "/module/jpage/", "/module/web/jpage/", ".default_pgContainer", "meta:contentstart"),
    body=("#zoom", "#Zoom", ".bt_content", ".bt-content", ".artile_zw", ".main-txt"),
    records=True,
    delimited={"title": "标题", "source": "信息来源", "author": "作者", "body": "信息内容"},
)
