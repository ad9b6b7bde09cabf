"""A client's address: what a trusted proxy says is believed, what the client itself wrote is not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.api.addresses import client_address, client_scheme, is_proxy, read_networks
from communique.graph.errors import CommuniqueError

TRUSTED = read_networks("127.0.0.1, 10.0.0.0/8, ::1, fd00::/8")
CASES = {
    "without a header the peer": ("203.0.113.7", "", "203.0.113.7"),
    "a stranger's header is not read": ("203.0.113.7", "192.0.2.1", "203.0.113.7"),
    "a proxy's header is": ("127.0.0.1", "192.0.2.1", "192.0.2.1"),
    "what stands before the first stranger is not": ("127.0.0.1", "1.1.1.1, 192.0.2.1", "192.0.2.1"),
    "several proxies": ("127.0.0.1", "1.1.1.1, 192.0.2.1, 10.1.2.3, 10.0.0.1", "192.0.2.1"),
    "only proxies: the outermost": ("127.0.0.1", "10.0.0.9, 10.0.0.1", "10.0.0.9"),
    "an entry that is none ends it": ("127.0.0.1", "192.0.2.1, unknown, 10.0.0.1", "10.0.0.1"),
    "nothing but nonsense": ("127.0.0.1", "<script>", "127.0.0.1"),
    "ports": ("127.0.0.1:5123", "192.0.2.1:80", "192.0.2.1"),
    "IPv6 with a port": ("[::1]:5123", "[2001:db8::7]:443", "2001:db8::7"),
    "IPv6 has one spelling": ("::1", "2001:DB8:0::7", "2001:db8::7"),
    "IPv6 without its zone": ("::1", "fe80::1%eth0", "fe80::1"),
    "IPv4 inside IPv6": ("::ffff:127.0.0.1", "::ffff:192.0.2.1", "192.0.2.1"),
    "a UNIX socket, behind a proxy": ("", "192.0.2.1", "192.0.2.1"),
    "a UNIX socket alone": ("unix", "", "unix"),
}


@pytest.mark.parametrize(("peer", "header", "expected"), CASES.values(), ids=CASES)
def test_the_address_of_a_client(peer: str, header: str, expected: str) -> None:
    assert client_address(peer, header, TRUSTED) == expected


def test_without_trusted_proxies_no_header_is_read() -> None:
    assert client_address("127.0.0.1", "192.0.2.1", ()) == "127.0.0.1"
    assert client_address("", "192.0.2.1", ()) == ""


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_a_client_writes_before_its_proxy_is_without_effect(forged: str) -> None:
    assert client_address("127.0.0.1", f"{forged}, 192.0.2.1", TRUSTED) == "192.0.2.1"


@pytest.mark.parametrize("text", ["10.0.0.1/8", "proxy.example.org", "127.0.0.1 10.0.0.0/8"])
def test_a_setting_that_names_no_network_is_told(text: str) -> None:
    with pytest.raises(CommuniqueError, match="COMMUNIQUE_PROXIES has") as caught:
        read_networks(text)
    assert caught.value.expected


def test_no_setting_trusts_nobody() -> None:
    assert read_networks(" , ") == ()


@pytest.mark.parametrize(
    ("peer", "header", "expected"),
    [
        ("127.0.0.1:5", "https", "https"),
        ("127.0.0.1", "https, http", "http"),
        ("127.0.0.1", "gopher", "http"),
        ("127.0.0.1", "", "http"),
        ("203.0.113.7", "https", "http"),
    ],
)
def test_the_scheme_is_what_a_proxy_says(peer: str, header: str, expected: str) -> None:
    assert client_scheme(peer, header, TRUSTED, "http") == expected


def test_without_trusted_proxies_there_is_none() -> None:
    assert not is_proxy("127.0.0.1", ())
    assert is_proxy("10.9.9.9", TRUSTED)
    assert not is_proxy("203.0.113.7", TRUSTED)
