"""The words by which people are asked whether they may be recorded, and their versions.

An answer is kept with the version of the words it was given to. Whoever changes the words adds a text
with a version of its own: those who agreed are asked again, and what they agreed to can be read here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConsentText:
    """`terms` is what somebody agrees to by `yes`."""

    version: str
    question: str
    terms: str
    yes: str
    no: str


TEXTS = (
    ConsentText(
        version="2026-11-23",
        question="May the recording show you?",
        terms=(
            "This lesson is recorded for its mentor and the people who booked it. Your camera, voice and"
            " screen are in the recording only if you say yes, from that moment on. Either way you take"
            " part in full. You can change your answer at any time: then nothing more of you is recorded,"
            " and what was recorded before stays."
        ),
        yes="Yes, record me",
        no="No, leave me out",
    ),
)
CURRENT = TEXTS[-1]
