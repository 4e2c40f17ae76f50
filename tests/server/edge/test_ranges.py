"""Byte ranges as RFC 9110 has them, for every small file and range."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.edge.attachments import disposition
from server.edge.ranges import Unsatisfiable, choose, known, refusal

ETAG = '"abc"'
CHANGED = datetime(2026, 11, 23, 10, 0, 0, 999_999, tzinfo=UTC)  # headers have whole seconds
BEFORE, THEN, AFTER = (f"Mon, 23 Nov 2026 {at} GMT" for at in ("09:59:59", "10:00:00", "10:00:01"))


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


@given(size=st.integers(1, 200), cuts=st.lists(st.integers(0, 199)))
def test_a_download_resumed_wherever_it_broke_off_is_the_file(size: int, cuts: list[int]) -> None:
    """Each time it goes on at what it has, and takes a part of what it gets."""
    content, have = bytes(range(256))[:size], b""
    for cut in [*sorted(cut for cut in cuts if cut < size), size]:
        if len(have) == size:
            break
        headers = {"Range": f"bytes={len(have)}-", "If-Range": ETAG}
        found = choose(headers, size, ETAG)
        assert (found.partial, found.first, found.first + found.count) == (True, len(have), size)
        have += content[found.first : max(cut, len(have))]
    assert have == content


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, None),
        ({"If-None-Match": ETAG}, 304),
        ({"If-None-Match": '"x"'}, None),
        ({"If-None-Match": '"x"', "If-Modified-Since": AFTER}, None),  # the tag counts (§13.2.2)
        ({"If-Modified-Since": BEFORE}, None),
        ({"If-Modified-Since": THEN}, 304),
        ({"If-Modified-Since": "yesterday"}, None),
        ({"If-Match": ETAG}, None),
        ({"If-Match": '"x", "abc"'}, None),
        ({"If-Match": "*"}, None),
        ({"If-Match": '"x"'}, 412),
        ({"If-Match": 'W/"abc"'}, 412),  # compared strongly (§13.1.1)
        ({"If-Match": '"x"', "If-None-Match": ETAG}, 412),
        ({"If-Unmodified-Since": BEFORE}, 412),
        ({"If-Unmodified-Since": THEN}, None),
        ({"If-Match": ETAG, "If-Unmodified-Since": BEFORE}, None),
    ],
)
def test_conditions_are_judged_in_their_order(headers: dict[str, str], status: int | None) -> None:
    assert refusal(headers, ETAG, CHANGED) == status


@pytest.mark.parametrize(
    ("condition", "partial"),
    [(ETAG, True), ('"x"', False), ('W/"abc"', False), (THEN, True), (BEFORE, False), (AFTER, False)],
)
def test_a_part_is_sent_of_the_very_file_alone(condition: str, partial: bool) -> None:
    headers = {"Range": "bytes=0-0", "If-Range": condition}
    assert choose(headers, 10, ETAG, CHANGED).partial is partial


@given(st.text(max_size=60))
def test_no_condition_breaks_it(text: str) -> None:
    for name in ("If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"):
        headers = {name: text, "Range": "bytes=0-0"}
        assert refusal(headers, ETAG, CHANGED) in (None, 304, 412)
        assert choose(headers, 10, ETAG, CHANGED).count in (1, 10)


@given(st.text(max_size=80))
def test_no_name_breaks_the_disposition(name: str) -> None:
    header = disposition(name, "recording.webm")
    assert header.isprintable()
    assert header.isascii()
    assert header.count('"') == 2
