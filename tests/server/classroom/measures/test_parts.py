"""How much people took part, counted with instants that are given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from media.protocol.conduct import LostMeSend, ReactionSend
from media.protocol.messages import ChatSend, Ping
from media.protocol.teaching import PollVoteSend
from server.classroom.measures.parts import Parts

POLL, OTHER = str(uuid4()), str(uuid4())
SIX = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return SIX + timedelta(seconds=seconds)


def lesson() -> Parts:
    parts = Parts()
    for number, name in enumerate(("mira", "lea")):
        parts.of(name, number).come(SIX)
    return parts


def test_speech_is_counted_while_it_goes_on_and_once() -> None:
    parts = lesson()
    parts.speak("mira", True, after(10))
    parts.speak("mira", True, after(12))
    assert parts.to_one("mira", after(15)).people[0].talk_ms == 5_000
    parts.speak("mira", False, after(20))
    parts.speak("mira", False, after(30))
    assert parts.to_one("mira", after(40)).people[0].talk_ms == 10_000


def test_who_leaves_or_loses_the_node_says_nothing_any_more() -> None:
    parts = lesson()
    for name in ("mira", "lea"):
        parts.speak(name, True, after(0))
    parts.of("lea", 1).go(after(3))
    parts.fall_silent(after(5))
    told = {one.participant: one for one in parts.to_all(after(60)).people}
    assert told["lea"].talk_ms == 3_000
    assert told["lea"].present_ms == 3_000
    assert told["mira"].talk_ms == 5_000
    assert told["mira"].present_ms == 60_000


def test_what_people_do_is_counted_by_what_was_taken() -> None:
    parts = lesson()
    for message in (
        ChatSend(text="hello"),
        ChatSend(text="between us", to="mira"),
        ReactionSend(emoji="clap"),
        LostMeSend(),
        PollVoteSend(poll=POLL, chosen=[0]),
        PollVoteSend(poll=POLL, chosen=[1]),
        PollVoteSend(poll=OTHER, chosen=[]),
        Ping(),
    ):
        parts.count("lea", message)
    for at in (1, 1, 2):
        parts.raise_hand("lea", after(at))
    told = parts.to_one("lea", after(9))
    own = told.people[0]
    assert (own.lines, own.reactions, own.votes, own.hands, told.lost) == (1, 1, 1, 2, 1)


def test_a_learner_is_told_of_nobody_else() -> None:
    parts = lesson()
    parts.count("mira", LostMeSend())
    told = parts.to_one("lea", after(1))
    assert [one.participant for one in told.people] == ["lea"]
    assert told.lost == 0
    assert parts.to_all(after(1)).lost == 1


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=30))
def test_nobody_speaks_longer_than_they_are_there(turns: list[tuple[bool, int]]) -> None:
    parts, now = lesson(), SIX
    for speaks, pause in turns:
        parts.speak("lea", speaks, now)
        now += timedelta(seconds=pause)
    own = parts.to_one("lea", now).people[0]
    assert 0 <= own.talk_ms <= own.present_ms
