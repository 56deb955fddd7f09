"""FAULTS 14, 16, 17: what may be asked at all."""

import pytest

from crawlers.addresses import NoSuchWeb, networks, require_public, require_public_name, require_web


@pytest.mark.parametrize(
    "url",
    [
        "http://edu.linjiang.example/",
        "https://edu.linjiang.example:8443/a?b=http://c@d",
        "http://edu.linjiang.example:81/",
        "http://192.0.2.7/list.html",
        "http://xn--fiqs8s.example./",
        "http://my_site.example/",
        "http://[2001:db8::1]/",
    ],
)
def test_the_web(url: str) -> None:
    require_web(url)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://edu.linjiang.example/",
        "//edu.linjiang.example/",
        "http://",
        "http://user@edu.linjiang.example/",
        "http://edu.linjiang.example@127.0.0.1/",
        "http://edu.linjiang.example\\@127.0.0.1/",
        "http://127.0.0.1%2F%23.linjiang.example/",
        "http://edu.linjiang.example%00.example/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://edu。linjiang。example/",
        "http://edu.linjiang.example:99999/",
        "http://edu.linjiang.example:22/",
        "http://edu.linjiang.example:25/",
        "http://edu.linjiang.example:5432/",
        "http://[::1/",
    ],
)
def test_no_web(url: str) -> None:
    with pytest.raises(NoSuchWeb):
        require_web(url)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_public_addresses(address: str) -> None:
    require_public(address, ())


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "2001:db8::1"),
        *("::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "2002:7f00:1::1"),
    ],
)
def test_private_addresses(address: str) -> None:
    with pytest.raises(NoSuchWeb, match="内网"):
        require_public(address, networks("203.0.113.0/24"))


def test_an_operator_opens_networks() -> None:
    allowed = networks(" 10.1.0.0/16, 127.0.0.0/8 fd00::/8 ")
    for address in ("10.1.2.3", "127.0.0.7", "fd00::1", "::ffff:10.1.0.1"):
        require_public(address, allowed)
    with pytest.raises(NoSuchWeb):
        require_public("10.2.0.1", allowed)
    assert networks("") == ()


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost.",
        "x.localhost",
        "nas.Local.",
        "intranet",
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "012.0.0.1",
        "2130706433",
        "::1",
        "x::",
    ],
)
def test_behind_a_proxy_what_is_spelt_private_is_refused(host: str) -> None:
    with pytest.raises(NoSuchWeb):
        require_public_name(host, ())


@pytest.mark.parametrize("host", ["edu.linjiang.example", "8.8.8.8", "2400:da00::1", "10.1.2.3"])
def test_behind_a_proxy_other_names_are_its_own_affair(host: str) -> None:
    require_public_name(host, networks("10.1.0.0/16"))
