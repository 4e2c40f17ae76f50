"""Byte ranges as RFC 9110 has them, for every small file and range."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.edge.attachments import disposition
from server.edge.ranges import Unsatisfiable, choose, known

ETAG = '"abc"'


@given(size=st.integers(1, 50), first=st.integers(0, 60), last=st.integers(0, 60))
def test_a_range_is_the_bytes_from_first_to_last(size: int, first: int, last: int) -> None:
    headers = {"Range": f"bytes={first}-{last}"}
    content = bytes(range(size))
    if last < first:
        assert not choose(headers, size, ETAG).partial
    elif first >= size:
        with pytest.raises(Unsatisfiable):
            choose(headers, size, ETAG)
    else:
        found = choose(headers, size, ETAG)
        sent = content[found.first : found.first + found.count]
        assert sent == content[first : last + 1]
        assert found.content_range == f"bytes {first}-{min(last, size - 1)}/{size}"


@given(size=st.integers(1, 50), count=st.integers(1, 60))
def test_a_suffix_range_is_the_last_bytes(size: int, count: int) -> None:
    found = choose({"Range": f"bytes=-{count}"}, size, ETAG)
    assert (found.first, found.count) == (max(0, size - count), min(count, size))


@given(st.text(max_size=40))
def test_no_range_header_breaks_it(text: str) -> None:
    try:
        found = choose({"Range": text}, 10, ETAG)
    except Unsatisfiable:
        return
    assert 0 <= found.first < found.first + found.count <= 10


@pytest.mark.parametrize(
    ("header", "same"),
    [('"abc"', True), ('"x", W/"abc"', True), ("*", True), ('"x"', False), ("", False)],
)
def test_if_none_match_knows_the_file(header: str, same: bool) -> None:
    assert known({"If-None-Match": header}, ETAG) is same


@given(st.text(max_size=80))
def test_no_name_breaks_the_disposition(name: str) -> None:
    header = disposition(name, "recording.webm")
    assert header.isprintable()
    assert header.isascii()
    assert header.count('"') == 2
