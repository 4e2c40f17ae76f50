"""The words of the consent: kept with each answer, and asked again when they change."""

from __future__ import annotations

import hashlib
from dataclasses import astuple, replace

import pytest

from media.protocol import control
from server.classroom import consent, consent_text
from server.classroom import service as classroom
from server.classroom.conduct.models import RoomEvent
from server.classroom.consent_text import CURRENT, TEXTS
from server.classroom.models import Consent
from tests.server.classroom.stage import Stage

# What people agreed to can't be changed afterwards: new words get a version of their own.
SAID = {"2026-11-23": "f4de9388581d9f89caf010f3b9fa53604bfade2744d6fe280f77a3abfdbf2d64"}


def test_words_that_somebody_agreed_to_stay_as_they_were() -> None:
    said = {text.version: hashlib.sha256("".join(astuple(text)).encode()).hexdigest() for text in TEXTS}
    assert said == SAID
    assert all(len(version) <= 16 for version in said)


async def versions(stage: Stage) -> list[str]:
    rows = await Consent.filter(session_id=stage.session_id).order_by("id")
    return [row.text_version for row in rows]


async def test_an_answer_is_kept_with_the_words_it_was_given_to(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await learner.say("recording", consent=True, text_version=CURRENT.version)
    await learner.say("recording", consent=False)
    await learner.sync()
    assert await versions(stage) == [CURRENT.version] * 2


async def test_new_words_are_asked_again_and_a_no_needs_no_asking(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person, given in ((stage.learner, True), (stage.mentor, False)):
        await consent.answer(stage.session_id, person.user_id, given)
    later = replace(CURRENT, version="2027-01-01")
    monkeypatch.setattr(consent, "CURRENT", later)
    assert await classroom.consent_of(stage.session_id, stage.learner.user_id) is None
    assert await classroom.consent_of(stage.session_id, stage.mentor.user_id) is False
    learner = await stage.enter(stage.learner)
    assert learner.joined.get("consent") is None
    await stage.go_live()
    await learner.sync()
    assert not stage.node.said(control.Record, on=True)


async def test_yes_to_words_that_are_asked_no_more_is_none(stage: Stage) -> None:
    learner = await stage.enter(stage.learner)
    await stage.go_live()
    await learner.say("recording", consent=True, text_version="2020-01-01")
    assert (await learner.hear("error"))["code"] == "consent_outdated"
    path = f"/api/v1/sessions/{stage.session_id}/recordings/consent"
    headers = await stage.bearer(stage.learner)
    body = {"consent": True, "text_version": "2020-01-01"}
    assert (await stage.http.post(path, json=body, headers=headers)).status == 409
    assert not stage.node.said(control.Record, on=True)
    await learner.say("recording", consent=False, text_version="2020-01-01")
    await learner.sync()
    assert await versions(stage) == ["2020-01-01"]


async def test_a_withdrawal_acts_though_it_cannot_be_kept(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    learner = await stage.enter(stage.learner)
    await stage.go_live()
    await learner.say("recording", consent=True)
    await stage.node.hear(control.Record, participant=learner.id, on=True)

    async def fail(*_: object) -> None:
        raise OSError("the database is away")

    monkeypatch.setattr(consent, "answer", fail)
    await learner.say("recording", consent=False)
    await stage.node.hear(control.Record, participant=learner.id, on=False)


async def test_the_page_asks_in_the_newest_words(stage: Stage) -> None:
    headers = await stage.bearer(stage.learner)
    answer = await stage.http.get(f"/sessions/{stage.session_id}/room", headers=headers)
    page = await answer.text()
    for words in (CURRENT.question, CURRENT.terms, CURRENT.yes, CURRENT.no):
        assert page.count(words) >= 2  # in the lobby and in the call
    assert consent_text.CURRENT.version in page


async def test_what_the_mentor_does_to_the_recording_is_an_event_of_the_room(stage: Stage) -> None:
    mentor = await stage.enter(stage.mentor)
    await stage.go_live()
    await mentor.say("recording", consent=True)
    for action in ("pause", "resume", "stop"):
        await mentor.say("recording", action=action)
        await mentor.hear("recording")
    await mentor.sync()
    await stage.hub.journal.settled()
    rows = await RoomEvent.filter(session_id=stage.session_id).order_by("id")
    assert [row.kind for row in rows if row.kind.startswith("recording")] == [
        "recording-pause",
        "recording-resume",
        "recording-stop",
    ]
