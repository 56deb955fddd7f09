"""How a page was read, for a person: each field, where it stood, how sure that is, what else was found."""

from io import StringIO
from pathlib import Path

from rich.console import Console

from zhijiao.explain_page import explain_page

PAGE = """<meta charset=utf-8><meta name=source content=临江网><title>活动周启动_临江网</title><h1>活动周启动</h1>
<div>2026-05-06 10:20 来源：临江日报</div>
<div><p>近日，临江市职业教育活动周启动仪式在青川职业技术学院举行，二十所学校的师生参加了活动。</p></div>"""


def test_a_page_is_explained(tmp_path: Path) -> None:
    file, printed = tmp_path / "page.html", StringIO()
    file.write_text(PAGE, "utf-8")
    explain_page(file, console=Console(file=printed, width=100))
    lines = [" ".join(line.split()) for line in printed.getvalue().splitlines()]
    assert lines == [
        "article generic",
        "字段 值 依据 把握 另见",
        "标题 活动周启动 标题行 98%",
        "发布 2026-05-06 10:20 相邻位置 95%",
        "来源 临江日报 标签 97% 临江网 (页首标记)",
        "1 段 0 图 0 附件",
    ]


def test_a_page_that_is_no_article(tmp_path: Path) -> None:
    file, printed = tmp_path / "page.html", StringIO()
    file.write_text("<title>404 Not Found</title><p>页面不存在</p>", "utf-8")
    explain_page(file, console=Console(file=printed, width=100))
    assert printed.getvalue().splitlines()[0].startswith("not_found")
