"""Lessons as iCalendar (RFC 5545), written by the icalendar library. Pure.

What goes by mail is METHOD:REQUEST, and CANCEL when it is off: of the methods that is the pair by which
Google, Apple and Outlook put a mailed event into the calendar by themselves, change it and take it out
again; a published one they show, and keep as it was first read (RFC 5546 §3.2). The only attendee is the
reader, who has accepted by booking: nobody is asked for an answer, and no other address is ever written.
The organizer is the platform under the mentor's name, since an organizer's own invitation is refused.

Files and feeds are METHOD:PUBLISH, which has no attendees (RFC 5546 §3.2.1). None has an alarm: calendar
programs add what their owner is used to, and our own reminders are turned off in one place.

Times are UTC: a lesson is one instant and never recurs, so no VTIMEZONE can go out of date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

import icalendar

PRODUCT = "-//PeerLearn//Lessons//EN"
REFRESH = timedelta(hours=1)  # how often programs are asked to read a feed again
IN_ADDRESSES = "@!#$&'*+/=^_`{|}~-."  # kept as they are: programs compare addresses letter by letter
CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f\u2028\u2029]")  # no text of RFC 5545 §3.3.11 holds these


class Method(StrEnum):
    """What a program does with the file (RFC 5546 §1.4)."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Event:
    """One lesson in one person's calendar. `uid` never changes and `sequence` only rises, with each new
    time and each time that the person's seat comes or goes; `host` is the mentor as the person sees them;
    `page` and `room` are whole addresses."""

    uid: str
    sequence: int
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime
    host: str
    page: str
    room: str
    cancelled: bool = False


def invitation(event: Event, reader: str, sender: str, at: datetime) -> str:
    """For a mail from `sender` to `reader`, written `at`."""
    method = Method.CANCEL if event.cancelled else Method.REQUEST
    component = _component(event, sender, at)
    component.add("attendee", _attendee(reader))
    return _text([component], method)


def published(event: Event, sender: str, at: datetime) -> str:
    """A file to be opened by hand."""
    return _text([_component(event, sender, at)], Method.PUBLISH)


def feed(events: Iterable[Event], sender: str, at: datetime) -> str:
    """All lessons of somebody, for a program that reads them again and again."""
    return _text([_component(event, sender, at) for event in events], Method.PUBLISH, "PeerLearn")


def method_of(event: Event) -> Method:
    return Method.CANCEL if event.cancelled else Method.REQUEST


def _text(components: Iterable[icalendar.Event], method: Method, name: str = "") -> str:
    calendar = icalendar.Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method.value)
    if name:
        calendar.add("name", name)  # RFC 7986 §5.1; the other is what older programs read
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
        calendar.add("x-published-ttl", icalendar.vDuration(REFRESH))
    for component in components:
        calendar.add_component(component)
    text: bytes = calendar.to_ical()
    return text.decode()


def _component(event: Event, sender: str, at: datetime) -> icalendar.Event:
    component = icalendar.Event()
    component.add("uid", event.uid)
    component.add("sequence", event.sequence)
    component.add("dtstamp", at.astimezone(UTC).replace(microsecond=0))
    component.add("dtstart", event.starts_at.astimezone(UTC))
    component.add("dtend", event.ends_at.astimezone(UTC))
    component.add("summary", plain(event.title))
    component.add("description", plain(event.text))
    component.add("location", event.room)
    component.add("url", event.page)
    component.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    component.add("transp", "TRANSPARENT" if event.cancelled else "OPAQUE")
    component.add("organizer", _organizer(event.host, sender))
    return component


def _organizer(host: str, sender: str) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:{sender}")
    address.params["CN"] = _parameter(host)
    return address


def _attendee(reader: str) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:{quote(reader, safe=IN_ADDRESSES)}")
    address.params["PARTSTAT"] = "ACCEPTED"
    address.params["RSVP"] = "FALSE"
    return address


def plain(text: str) -> str:
    """Without what no calendar can hold."""
    return CONTROLS.sub(" ", text.replace("\r\n", "\n"))


def _parameter(text: str) -> str:
    """A name as a parameter takes it: quotation marks have no escape there (RFC 5545 §3.2)."""
    return plain(text).replace('"', "'").replace("\n", " ").strip()
