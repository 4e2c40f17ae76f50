"""Addresses in texts: only whole ones of the web become links."""

from __future__ import annotations

import pytest

from server.messages.links import parts


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("see https://example.org/a?b=c#d.", ["https://example.org/a?b=c#d"]),
        ("(https://example.org/wiki/X_(y))", ["https://example.org/wiki/X_(y)"]),
        ("HTTP://EXAMPLE.ORG and http://b.example!", ["HTTP://EXAMPLE.ORG", "http://b.example"]),
        ("javascript:alert(1) data:text/html,x //example.org example.org", []),
        ("https://", []),
        ('https://a.example/"onmouseover="x', ["https://a.example/"]),
        ("https://a.example/<script>", ["https://a.example/"]),
    ],
)
def test_only_whole_web_addresses_become_links(text: str, links: list[str]) -> None:
    found = parts(text)
    assert [part.href for part in found if part.href] == links
    assert "".join(part.text for part in found) == text
