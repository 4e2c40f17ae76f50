"""Where requests come from, and where browsers are sent."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import example, given
from hypothesis import strategies as st

from config.settings import Settings
from server.edge.clients import client_address, is_loopback, network_of
from server.edge.keys import SETTINGS
from server.edge.redirects import safe_next

SITE = "https://learn.example/auth/login"


@given(st.text(alphabet=st.sampled_from("/\\:@.?#%&=ab \t\r\n\x00é")) | st.text())
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("https://evil.example")
@example("javascript:alert(1)")
def test_next_never_leaves_the_site(target: str) -> None:
    found = safe_next(target)
    cleaned = found.replace("\t", "").replace("\r", "").replace("\n", "").replace("\\", "/")
    assert urlsplit(urljoin(SITE, cleaned)).netloc == "learn.example"
    assert found.isascii()
    assert found.isprintable()


@pytest.mark.parametrize("target", ["/", "/sessions/?q=a%20b#x", "/dashboard/learner/overview"])
def test_own_paths_are_kept(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize("target", [None, 7, "", "sessions", ["/a"]])
def test_what_is_no_path_leads_to_the_default(target: object) -> None:
    assert safe_next(target, default="/home") == "/home"


def address(settings: Settings, forwarded: str, proxies: tuple[str, ...]) -> str:
    app = {SETTINGS: replace(settings, trusted_proxies=proxies)}
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("GET", "/", headers=headers, app=app)
    request.transport.get_extra_info = lambda name: ("10.0.0.1", 1234)
    return client_address(request)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "expected"),
    [
        ("1.2.3.4", (), "10.0.0.1"),
        ("1.2.3.4", ("10.0.0.0/8",), "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4", ("10.0.0.0/8",), "1.2.3.4"),
        ("6.6.6.6, 1.2.3.4, 10.0.0.9", ("10.0.0.0/8",), "1.2.3.4"),
        ("6.6.6.6, nonsense", ("10.0.0.0/8",), "10.0.0.1"),
        ("", ("10.0.0.0/8",), "10.0.0.1"),
        ("2001:db8::7", ("10.0.0.1",), "2001:db8::7"),
    ],
)
def test_only_trusted_proxies_are_believed(
    settings: Settings, forwarded: str, proxies: tuple[str, ...], expected: str
) -> None:
    assert address(settings, forwarded, proxies) == expected


def test_ipv6_customers_count_as_one() -> None:
    assert network_of("2001:db8:0:1::1") == network_of("2001:db8:0:1:ffff::2")
    assert network_of("2001:db8:0:1::1") != network_of("2001:db8:0:2::1")
    assert network_of("192.0.2.7") == "192.0.2.7"
    assert network_of("unknown") == "unknown"


@pytest.mark.parametrize(
    ("peer", "headers", "expected"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("10.0.0.1", {}, False),
        ("127.0.0.1", {"X-Forwarded-For": "1.2.3.4"}, False),
    ],
)
def test_loopback_means_this_machine_itself(peer: str, headers: dict[str, str], expected: bool) -> None:
    request = make_mocked_request("GET", "/", headers=headers)
    request.transport.get_extra_info = lambda name: (peer, 1234)
    assert is_loopback(request) is expected
