"""What the lesson's tools offer to the pages of a lesson and to the features above."""

from __future__ import annotations

from server.classroom.teaching.artefacts import (
    Artefacts,
    KeptObjective,
    PollAnswer,
    PollResult,
    artefacts,
)
from server.classroom.teaching.wrapup import WrapUpWords

__all__ = ["Artefacts", "KeptObjective", "PollAnswer", "PollResult", "WrapUpWords", "artefacts"]
