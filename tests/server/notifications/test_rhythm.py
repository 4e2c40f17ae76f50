"""Quiet hours and digests by the wall clock, also when that is put forward or back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from server.notifications.kinds import KINDS, MAIL, PAGE, PUSH, TOPICS, Channel, Kind
from server.notifications.rhythm import after_quiet, is_quiet, next_digest, zone_of
from server.notifications.routing import Refusal, due, refusal, wants
from server.notifications.values import Choices, Pace, Recipient

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")
MINUTES = st.integers(0, 1439)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
QUIET = st.none() | st.tuples(MINUTES, MINUTES).filter(lambda pair: pair[0] != pair[1])
PACES = st.builds(Pace, QUIET, st.sampled_from(("at_once", "daily", "weekly")), MINUTES)
CHOICES = st.dictionaries(
    st.sampled_from([(topic.name, channel) for topic, channel in product(TOPICS, Channel)]), st.booleans()
)


USUAL = Pace()


def somebody(
    choices: Choices, pace: Pace = USUAL, zone: str = "UTC", *, active: bool = True
) -> Recipient:
    return Recipient(
        1,
        "a@example.com",
        "A",
        zone,
        active=active,
        verified=True,
        choices=choices,
        pace=pace,
        devices=True,
    )


def wall(instant: datetime, zone: str) -> str:
    return f"{instant.astimezone(zone_of(zone)):%a %H:%M}"


@given(INSTANTS, st.sampled_from(ZONES), PACES)
def test_nothing_goes_out_in_quiet_hours_and_nothing_waits_longer(
    now: datetime, zone: str, pace: Pace
) -> None:
    ends = after_quiet(now, zone_of(zone), pace)
    assert not is_quiet(ends, zone_of(zone), pace)
    assert now <= ends <= now + timedelta(hours=25)
    if not is_quiet(now, zone_of(zone), pace):
        assert ends == now


@given(INSTANTS, st.sampled_from(ZONES), PACES)
def test_digest_comes_within_its_period_and_never_in_quiet_hours(
    now: datetime, zone: str, pace: Pace
) -> None:
    found = next_digest(now, zone_of(zone), pace)
    longest = {"at_once": 0, "daily": 1, "weekly": 7}[pace.digest]
    assert now <= found <= now + timedelta(days=longest + 1, hours=2)
    assert not is_quiet(found, zone_of(zone), pace)


@given(st.sampled_from(list(KINDS.values())), st.sampled_from(Channel), CHOICES, st.booleans())
def test_who_gets_what_by_which_channel(
    kind: Kind, channel: Channel, choices: Choices, blocked: bool
) -> None:
    to = somebody(choices)
    refused = refusal(kind, channel, to, blocked=blocked)
    assert (refused is Refusal.BLOCKED) == blocked
    if not blocked:
        assert (refused is None) == wants(kind.topic, channel, choices)
        assert refused is None or channel not in kind.topic.locked
    assert refusal(kind, channel, somebody(choices, active=False), blocked=blocked) is Refusal.INACTIVE


@given(st.sampled_from(list(KINDS.values())))
def test_nothing_is_pushed_where_no_device_takes_pushes(kind: Kind) -> None:
    to = replace(somebody({(kind.topic.name, PUSH): True}), devices=False)
    assert refusal(kind, PUSH, to, blocked=False) is Refusal.NO_DEVICE
    assert refusal(kind, PAGE, to, blocked=False) is not Refusal.NO_DEVICE


@given(st.sampled_from(list(KINDS.values())), INSTANTS, PACES, st.sampled_from(ZONES))
def test_page_and_what_is_urgent_never_wait(kind: Kind, now: datetime, pace: Pace, zone: str) -> None:
    to = somebody({}, pace, zone)
    assert due(kind, PAGE, to, now) == now
    if kind.urgent:
        assert due(kind, MAIL, to, now) == now
    assert due(kind, MAIL, to, now) >= now


def test_quiet_hours_over_midnight() -> None:
    pace = Pace((22 * 60, 7 * 60))
    berlin = zone_of("Europe/Berlin")
    assert after_quiet(datetime(2026, 11, 23, 21, 30, tzinfo=UTC), berlin, pace) == datetime(
        2026, 11, 24, 6, 0, tzinfo=UTC
    )
    assert after_quiet(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), berlin, pace) == datetime(
        2026, 11, 24, 6, 0, tzinfo=UTC
    )


def test_quiet_hours_that_end_where_the_clock_skips() -> None:
    """On 29 March 2026 there is no 02:30 in Berlin."""
    pace = Pace((22 * 60, 2 * 60 + 30))
    ends = after_quiet(datetime(2026, 3, 29, 0, 0, tzinfo=UTC), zone_of("Europe/Berlin"), pace)
    assert wall(ends, "Europe/Berlin") == "Sun 03:30"


def test_quiet_hours_that_end_where_the_clock_shows_it_twice() -> None:
    """On 25 October 2026 it is 02:30 twice in Berlin; the hour in between is quiet again."""
    pace, berlin = Pace((22 * 60, 2 * 60 + 30)), zone_of("Europe/Berlin")
    first = after_quiet(datetime(2026, 10, 25, 0, 0, tzinfo=UTC), berlin, pace)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = after_quiet(datetime(2026, 10, 25, 1, 10, tzinfo=UTC), berlin, pace)
    assert again == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_digest_stays_at_its_minute_across_the_change_of_clocks() -> None:
    now, pace = datetime(2026, 10, 20, 12, 0, tzinfo=UTC), Pace(None, "daily", 8 * 60)
    seen = []
    for _ in range(10):
        now = next_digest(now, zone_of("Europe/Berlin"), pace)
        seen.append(wall(now, "Europe/Berlin")[4:])
    assert set(seen) == {"08:00"}


def test_weekly_digest_comes_on_monday() -> None:
    found = next_digest(
        datetime(2026, 11, 23, 9, 0, tzinfo=UTC), zone_of("UTC"), Pace(None, "weekly", 480)
    )
    assert found == datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
