"""How far a mentor's account at the payment provider is, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# What the provider asks for, by the beginning of its names.
ASKED = (
    ("external_account", "a bank account"),
    ("tos_acceptance", "your agreement to the provider’s terms"),
    ("business_profile", "what you do"),
    ("business_type", "whether you are a person or a company"),
    ("individual.verification", "a proof of who you are"),
    ("individual.dob", "your date of birth"),
    ("individual.address", "your address"),
    ("individual.first_name", "your name"),
    ("individual.last_name", "your name"),
    ("individual.phone", "your phone number"),
    ("individual.email", "your e-mail address"),
    ("individual.id_number", "your tax or identity number"),
    ("individual.ssn", "your tax or identity number"),
    ("company", "facts about your company"),
    ("person_", "facts about the people of your company"),
)
SOMETHING_ELSE = "some more facts about you"


class Stage(StrEnum):
    """`checking`: nothing more is asked for, and the provider has not agreed yet. `restricted`: it has
    agreed once or had everything, and asks for more before anything is paid out."""

    NONE = "none"
    INCOMPLETE = "incomplete"
    CHECKING = "checking"
    RESTRICTED = "restricted"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Standing:
    """`missing` is what is still asked for, in words."""

    stage: Stage
    missing: tuple[str, ...] = ()

    @property
    def is_ready(self) -> bool:
        return self.stage is Stage.READY


def standing_of(*, submitted: bool, enabled: bool, missing: Iterable[str]) -> Standing:
    """Of an account that was begun."""
    asked = in_words(missing)
    if enabled:
        return Standing(Stage.READY, asked)
    if not submitted:
        return Standing(Stage.INCOMPLETE, asked)
    return Standing(Stage.RESTRICTED if asked else Stage.CHECKING, asked)


def in_words(missing: Iterable[str]) -> tuple[str, ...]:
    """Each thing once, in the order in which it is asked."""
    return tuple(dict.fromkeys(map(_in_words, missing)))


def _in_words(name: str) -> str:
    return next((words for start, words in ASKED if name.startswith(start)), SOMETHING_ELSE)
