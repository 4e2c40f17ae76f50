"""The parts of the classroom that need neither socket nor database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from server.classroom.agenda import Agenda
from server.classroom.attendance import union_length
from server.classroom.budget import BURST, MESSAGES_PER_S, PATIENCE, Budget, Verdict
from server.classroom.ice import CREDENTIAL_TTL_S, ice_servers
from server.classroom.tape import Tape
from server.edge.wire import text_frame

NOON = datetime(2030, 5, 14, 12, 0, tzinfo=UTC)


# --- frames


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65535, b"\x81\x7e\xff\xff"),
        (65536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_a_frame_says_its_length_as_the_rfc_wants(size: int, head: bytes) -> None:
    assert text_frame("x" * size) == head + b"x" * size


# --- the message budget


def test_a_burst_is_free_and_then_the_rate_counts() -> None:
    budget = Budget(now=0.0)
    assert {budget.spend(0.0) for _ in range(int(BURST))} == {Verdict.TAKE}
    assert budget.spend(0.0) is Verdict.WARN
    assert budget.spend(0.0) is Verdict.DROP
    assert budget.spend(1.0) is Verdict.TAKE


def test_a_steady_flood_ends_in_a_close_although_some_are_taken() -> None:
    budget, now = Budget(now=0.0), 0.0
    verdicts = []
    while Verdict.CLOSE not in verdicts:
        now += 1 / (MESSAGES_PER_S * 5)
        verdicts.append(budget.spend(now))
        assert len(verdicts) < 5000
    assert verdicts.count(Verdict.WARN) == 1
    assert verdicts.count(Verdict.DROP) == PATIENCE - 1


def test_who_calms_down_is_forgiven() -> None:
    budget = Budget(now=0.0)
    for _ in range(int(BURST) + PATIENCE):
        budget.spend(0.0)
    for second in range(1, 60):
        assert budget.spend(60.0 + second) is Verdict.TAKE


# --- the recording light


def tape(**values: object) -> Tape:
    begun: dict[str, object] = {
        "wanted": True,
        "live": True,
        "recording_id": uuid4(),
        "origin_at": NOON,
    }
    return Tape(**{**begun, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "consented", "interrupted", "state"),
    [
        ({"wanted": False}, True, False, "off"),
        ({"live": False}, True, False, "off"),
        ({}, False, False, "waiting_consent"),
        ({"recording_id": None}, True, False, "waiting_consent"),
        ({}, True, False, "recording"),
        ({}, True, True, "interrupted"),
        ({"hold": "paused"}, True, False, "paused"),
        ({"hold": "stopped"}, True, False, "finalising"),
        ({"hold": "stopped", "finished": True}, True, False, "ready"),
        ({"hold": "stopped", "recording_id": None}, True, False, "off"),
    ],
)
def test_the_light_shows_what_is_written(
    values: dict[str, object], consented: bool, interrupted: bool, state: str
) -> None:
    assert tape(**values).state(consented=consented, interrupted=interrupted) == state


@pytest.mark.parametrize(
    "values", [{"wanted": False}, {"live": False}, {"hold": "paused"}, {"hold": "stopped"}]
)
def test_nothing_is_written_unless_all_agree(values: dict[str, object]) -> None:
    assert not tape(**values).runs


# --- presence


def test_overlapping_spans_count_once() -> None:
    def at(minutes: int) -> datetime:
        return NOON + timedelta(minutes=minutes)

    spans = [(at(5), at(9)), (at(0), at(10)), (at(8), at(12)), (at(20), at(21))]
    assert union_length(spans) == timedelta(minutes=13)
    assert union_length([]) == timedelta()


# --- TURN


def test_turn_credentials_are_those_that_coturn_computes() -> None:
    """`echo -n 22600:p | openssl dgst -sha1 -hmac secret -binary | base64`"""
    assert CREDENTIAL_TTL_S == 21_600
    (server,) = ice_servers(["turn:t.example"], "secret", "p", now_s=1000)
    assert server["urls"] == ["turn:t.example"]
    assert server["username"] == "22600:p"
    assert server["credential"] == "ciJaLRbmS3h1lVrHtg31mikmjpE="
    assert ice_servers([], "secret", "p", 0) == []


# --- the agenda


async def test_entries_run_once_in_the_order_of_their_times() -> None:
    now, ran = NOON, []
    agenda = Agenda(lambda: now)

    def note(word: str) -> object:
        async def run() -> None:
            ran.append(word)

        return run

    agenda.put(("room", "b"), NOON + timedelta(seconds=2), note("later"))  # type: ignore[arg-type]
    agenda.put(("room", "a"), NOON + timedelta(seconds=1), note("sooner"))  # type: ignore[arg-type]
    agenda.put(("room", "c"), NOON + timedelta(seconds=9), note("dropped"))  # type: ignore[arg-type]
    agenda.drop("room", "c")
    await agenda.run_due()
    assert ran == []
    now = NOON + timedelta(seconds=10)
    await agenda.run_due()
    await agenda.run_due()
    assert ran == ["sooner", "later"]


async def test_an_entry_that_fails_does_not_keep_others_from_running() -> None:
    ran = []
    agenda = Agenda(lambda: NOON)

    async def fail() -> None:
        raise RuntimeError("on purpose")

    async def run() -> None:
        ran.append(True)

    agenda.put(("a",), NOON, fail)
    agenda.put(("b",), NOON, run)
    await agenda.run_due()
    assert ran == [True]
