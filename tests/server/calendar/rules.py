"""What RFC 5545 and 5546 ask of a file, checked by hand beside the library that wrote it, as calendar
programs apply it."""

from __future__ import annotations

import re

import icalendar

ONCE = ("UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS", "ORGANIZER")
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+")


def events(text: str) -> list[icalendar.Event]:
    """The events of a file, which is held against the rules first."""
    _lines_are_folded(text)
    lines = text.replace("\r\n ", "").split("\r\n")[:-1]
    _is_a_calendar(lines)
    found = icalendar.Calendar.from_ical(text)
    assert not found.errors
    events = list(found.walk("VEVENT"))
    assert len(events) == lines.count("BEGIN:VEVENT")
    for event in events:
        _has_what_it_must(event, str(found["METHOD"]))
    return events


def one(text: str) -> icalendar.Event:
    (event,) = events(text)
    return event


def addresses(text: str) -> set[str]:
    """Every mail address in it, wherever it stands."""
    return set(ADDRESS.findall(text.replace("\r\n ", "")))


def method(text: str) -> str:
    return str(icalendar.Calendar.from_ical(text)["METHOD"])


def _lines_are_folded(text: str) -> None:
    """§3.1: CRLF and nothing else ends a line; none is longer than 75 octets, none is cut inside of a
    letter."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert "\r" not in text.replace("\r\n", "")
    for line in text.encode().split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


def _is_a_calendar(lines: list[str]) -> None:
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    for needed in ("VERSION:2.0", "PRODID:"):
        assert sum(line.startswith(needed) for line in lines) == 1
    assert "" not in lines
    assert not any(control in line for line in lines for control in map(chr, range(32)))


def _has_what_it_must(event: icalendar.Event, method: str) -> None:
    for name in ONCE:
        assert not isinstance(event[name], list), name
    for name in ("DTSTAMP", "DTSTART", "DTEND"):
        assert event[name].to_ical().endswith(b"Z")
    assert event.decoded("DTSTART") < event.decoded("DTEND")
    assert (method == "CANCEL") <= (event["STATUS"] == "CANCELLED")
    assert ("ATTENDEE" in event) == (method != "PUBLISH")
    assert not event.walk("VALARM")
