import pytest

from publish.addresses import file_type, web_address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://a.example/1.html?id=1&b=2#top", "https://a.example/1.html?id=1&b=2#top"),
        ("../files/方案 一.pdf", "https://base.example/files/%E6%96%B9%E6%A1%88%20%E4%B8%80.pdf"),
        ("//b.example/x", "https://b.example/x"),
        ("http://a.example:8080/100%.html", "http://a.example:8080/100%25.html"),
        ("https://a.example/%E4%B8%80?q=[1]", "https://a.example/%E4%B8%80?q=%5B1%5D"),
        ("https://职教.example/", "https://xn--wcvu31d.example/"),
        ("https://user:secret@a.example/", "https://a.example/"),
        ("http://[::1]/x", "http://[::1]/x"),
        ("javascript:alert(1)", None),
        (" java\nscript:alert(1)", None),
        ("data:image/png;base64,AAAA", None),
        ("mailto:a@a.example", None),
        ("ftp://a.example/x", None),
        ("http://a.example:port/", None),
        ("http://[broken/", None),
        ("http://a b.example/", None),
        ("http://a..example/", None),
        ('http://a"><script>.example/', None),
    ],
)
def test_web_address(url: str, address: str | None) -> None:
    assert web_address(url, base="https://base.example/news/1.html") == address


def test_an_address_without_a_base_must_be_absolute() -> None:
    assert web_address("/news/1.html") is None


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://a.example/x/plan.PDF?download=1", "application/pdf"),
        ("https://a.example/x.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("https://a.example/download.jsp?id=3", "application/octet-stream"),
    ],
)
def test_file_type(url: str, kind: str) -> None:
    assert file_type(url) == kind
