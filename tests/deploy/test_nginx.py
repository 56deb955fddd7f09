"""nginx serves the feeds with deploy/nginx/zhijiao.conf as readers need them."""

import gzip
import os
import socket
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from publish.feeds.files import put
from tests.services import program
from zhijiao.demo.show import free_port

ROOT = Path(__file__).parent.parent.parent
FILES = {
    "all.xml": "application/rss+xml; charset=utf-8",
    "all.atom": "application/atom+xml; charset=utf-8",
    "all.json": "application/feed+json; charset=utf-8",
    "all.opml": "text/x-opml; charset=utf-8",
    "topic/产教融合.xml": "application/rss+xml; charset=utf-8",
}
QUOTED = {"topic/产教融合.xml": "topic/%E4%BA%A7%E6%95%99%E8%9E%8D%E5%90%88.xml"}
BODY = "职业教育" * 500


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("nginx")
    for name in FILES:
        put(folder / "public" / "feeds" / name, BODY.encode())
    port = free_port(0)
    ours = (ROOT / "deploy" / "nginx" / "zhijiao.conf").read_text(encoding="utf-8")
    for stated, here in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("/var/lib/zhijiao/public", f"{folder}/public"),
        ("127.0.0.1:8000", f"127.0.0.1:{free_port(0)}"),
    ):
        assert stated in ours
        ours = ours.replace(stated, here)
    user = "user root;" if os.geteuid() == 0 else ""  # the workers must reach the temporary folder
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/t; proxy_temp_path {folder}/t;\n"
        f"fastcgi_temp_path {folder}/t; uwsgi_temp_path {folder}/t; scgi_temp_path {folder}/t;\n{ours}\n}}\n",
        encoding="utf-8",
    )
    command = [program("nginx"), "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    with subprocess.Popen(command, stderr=subprocess.PIPE) as running:
        wait_for(port, running)
        yield port
        running.terminate()


def wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    while running.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            continue
        return
    raise AssertionError(running.stderr and running.stderr.read())


def ask(port: int, name: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(
        method, f"/feeds/{name}", headers={key.replace("_", "-"): value for key, value in headers.items()}
    )
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_bytes_and_types(port: int, name: str, coding: str) -> None:
    answer, body = ask(port, QUOTED.get(name, name), Accept_Encoding=coding)
    sent = gzip.decompress(body) if coding == "gzip" else body
    assert (answer.status, sent.decode()) == (200, BODY)
    shown = ("Content-Type", "Cache-Control", "Content-Encoding", "Vary")
    assert {header: answer.headers[header] for header in shown} == {
        "Content-Type": FILES[name],
        "Cache-Control": "public, max-age=900",
        "Content-Encoding": "gzip" if coding == "gzip" else None,
        "Vary": "Accept-Encoding",
    }


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_304_by_etag_and_by_date(port: int, coding: str) -> None:
    first, _ = ask(port, "all.xml", Accept_Encoding=coding)
    assert not first.headers["ETag"].startswith("W/")
    for header, value in (("If_None_Match", "ETag"), ("If_Modified_Since", "Last-Modified")):
        answer, body = ask(port, "all.xml", Accept_Encoding=coding, **{header: first.headers[value]})
        assert (answer.status, body) == (304, b"")
        kept = ("ETag", "Last-Modified", "Cache-Control")
        assert {name: answer.headers[name] for name in kept} == {name: first.headers[name] for name in kept}


def test_each_encoding_has_its_own_etag(port: int) -> None:
    tags = {ask(port, "all.xml", Accept_Encoding=coding)[0].headers["ETag"] for coding in ("identity", "gzip")}
    assert len(tags) == 2


@pytest.mark.parametrize(("name", "status"), [("all.xml.gz", 404), (".all.xml.x1", 404), ("pages.html", 502)])
def test_what_is_no_feed(port: int, name: str, status: int) -> None:
    """The program, which does not run here, is asked for what is not on disk."""
    assert ask(port, name)[0].status == status
