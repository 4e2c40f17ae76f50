"""Skills near what somebody typed: by name, slug and other spellings, whole or begun or misspelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from server.infra.errors import Invalid
from server.people.models import Skill
from server.people.skills import all_skills

MOST = 8
LIKE = 0.6  # of 1: how like a misspelled word must be
MAX_WORD = 60  # characters that are looked at


async def suggested(typed: str) -> list[Skill]:
    """The nearest first; all that begin with it, then what contains it, then what looks like it."""
    word = typed.strip().lower()[:MAX_WORD]
    return nearest(word, await all_skills()) if word else []


def nearest(word: str, skills: Sequence[Skill]) -> list[Skill]:
    ranked = [(likeness, skill) for skill in skills if (likeness := _likeness(word, skill)) >= LIKE]
    ranked.sort(key=lambda pair: (-pair[0], pair[1].name))
    return [skill for _, skill in ranked[:MOST]]


def _likeness(word: str, skill: Skill) -> float:
    return max(_of_spelling(word, spelling) for spelling in spellings(skill))


def spellings(skill: Skill) -> set[str]:
    return {skill.slug, skill.name.lower(), *skill.aliases}


def _of_spelling(word: str, spelling: str) -> float:
    """4 for the same, 3 for one that begins so, 2 for one that has it within, else how like it is."""
    if word == spelling:
        return 4
    if spelling.startswith(word):
        return 3
    return 2 if word in spelling else SequenceMatcher(None, word, spelling).ratio()


async def named(typed: str, field: str) -> Skill:
    """The skill of this name, in any of its spellings.

    Raises Invalid naming the field, with what is near: nobody makes a skill by typing it."""
    word = typed.strip().lower()[:MAX_WORD]
    skills = await all_skills()
    if found := next((skill for skill in skills if word in spellings(skill)), None):
        return found
    like = _did_you_mean(nearest(word, skills))
    raise Invalid(fields={field: f"We know no skill called “{word}”.{like}"})


def _did_you_mean(near: Iterable[Skill]) -> str:
    names = [skill.name for skill in near][:3]
    return f" Did you mean {' or '.join(names)}?" if names else " Try another word for it."
