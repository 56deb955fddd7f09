from collections.abc import Callable
from datetime import UTC, datetime

from publish.body import article_html, feed_html
from publish.entries import entry_of
from storage.records import StoryView

View = Callable[..., StoryView]
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_all_parts_in_order(view: View) -> None:
    images = (("/1.jpg", "大会现场"), ("/2.jpg", ""))
    carriers = [
        ("青川日报", "", "https://qc.example/1?a=1&b=2"),
        ("临江市人民政府", "", "https://www.linjiang.example/1"),
    ]
    entry = entry_of(view(images=images, carriers=carriers, paragraphs=("一。", "二。")), NOW)
    article = (
        '<figure><img src="https://edu.linjiang.example/1.jpg" alt="大会现场">'
        "<figcaption>大会现场</figcaption></figure><p>一。</p><p>二。</p>"
        '<figure><img src="https://edu.linjiang.example/2.jpg" alt=""></figure>'
    )
    assert article_html(entry) == article
    assert feed_html(entry) == (
        f"{article}"
        '<p>附件：</p><ul><li><a href="https://edu.linjiang.example/files/plan.pdf">建设方案.pdf</a></li></ul>'
        '<p>转载 2 家：<a href="https://qc.example/1?a=1&amp;b=2">青川日报</a>、'
        '<a href="https://www.linjiang.example/1">临江市人民政府</a></p>'
    )


def test_an_excerpt_leads_to_the_original(view: View) -> None:
    entry = entry_of(view(publishing="excerpt", attachments=(), paragraphs=("一。",)), NOW)
    assert feed_html(entry) == ('<p>一。</p><p><a href="https://edu.linjiang.example/2026/11/1.html">阅读原文</a></p>')


def test_a_link_alone_has_no_body(view: View) -> None:
    assert feed_html(entry_of(view(publishing="link"), NOW)) == ""


def test_markup_in_texts_is_shown_as_text(view: View) -> None:
    nasty = '<script>alert(1)</script><img src=x onerror="x()"> & ]]>'
    shown = '&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror="x()"&gt; &amp; ]]&gt;'
    entry = entry_of(
        view(
            paragraphs=(nasty,),
            images=(("/1.jpg", '"><script>x</script>'),),
            attachments=(('/a".pdf', "<b>方案</b>"),),
            carriers=[("<i>青川日报</i>", "", "https://qc.example/'1")],
        ),
        NOW,
    )
    assert feed_html(entry) == (
        '<figure><img src="https://edu.linjiang.example/1.jpg" alt="&quot;&gt;x">'
        '<figcaption>"&gt;x</figcaption></figure>'
        f"<p>{shown}</p>"
        '<p>附件：</p><ul><li><a href="https://edu.linjiang.example/a%22.pdf">方案</a></li></ul>'
        '<p>转载 1 家：<a href="https://qc.example/\'1">青川日报</a></p>'
    )
