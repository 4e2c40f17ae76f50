"""How people are called in a lesson: as members see them, whoever reads it."""

from __future__ import annotations

import pytest

from server.people.privacy import Audience, Privacy, set_privacy
from tests.server.classroom.stage import Stage


@pytest.mark.parametrize(
    ("audience", "name"),
    [(Audience.EVERYONE, "Lea"), (Audience.MEMBERS, "Lea"), (Audience.NOBODY, "lea")],
)
async def test_hidden_name_is_told_to_nobody_in_the_room(
    stage: Stage, audience: Audience, name: str
) -> None:
    await set_privacy(stage.learner.user_id, Privacy(real_name=audience))
    mentor = await stage.enter(stage.mentor)
    learner = await stage.enter(stage.learner)
    joined = await mentor.hear("participant-joined")
    assert joined["participant"]["name"] == name
    assert learner.joined["self"] != mentor.joined["self"]
