import pickle

import pytest

from crawlers.pages.page import Page

SENTENCE = "职业教育与普通教育具有同等重要地位，技能人才前途广阔。"


def test_only_address_body_and_charset_travel() -> None:
    page = Page("https://a.example/", "<p>职教</p>".encode("gbk"), "gbk")
    assert page.text == "<p>职教</p>"
    copy = pickle.loads(pickle.dumps(page))
    assert copy == page
    assert "text" not in vars(copy)


@pytest.mark.parametrize("depth", [300, 2_000, 5_000])
@pytest.mark.parametrize("opening", ["<div>", "<font><b>", "<em><a href=x>", "<table><tr><td>"])
def test_deep_nesting_keeps_the_text(opening: str, depth: int) -> None:
    page = Page(None, f"<html><body>{opening * depth}<p>{SENTENCE}</p>".encode())
    assert SENTENCE in [line.text for line in page.flow.lines]


def test_what_follows_the_first_end_of_the_document_is_read() -> None:
    page = Page(None, f"<html><body><p>页首</p></body></html><div><p>{SENTENCE}</p></div></body></html>".encode())
    assert [line.text for line in page.flow.lines] == ["页首", SENTENCE]


@pytest.mark.parametrize("body", [b"", b"   ", b"%PDF-1.7\n\xe2\xe3", bytes(range(256)) * 20])
def test_what_is_no_text_has_no_root(body: bytes) -> None:
    assert [line.text for line in Page(None, body).flow.lines] == []


def test_addresses_follow_the_base_of_the_page() -> None:
    body = b'<head><base href="/news/"></head><body></body>'
    assert Page("https://a.example/x/y.htm", body).absolute("1.htm") == "https://a.example/news/1.htm"
    assert Page("https://a.example/x/y.htm", b"<p>").absolute("http://[broken") == "http://[broken"
    assert Page(None, body).absolute("1.htm") == "1.htm"


def test_a_page_hidden_until_its_script_runs_is_visible() -> None:
    page = Page(None, f'<body style="display:none"><p>{SENTENCE}</p></body>'.encode())
    assert [line.hidden for line in page.flow.lines] == [False]
