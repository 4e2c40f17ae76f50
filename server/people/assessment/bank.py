"""The questions: one file a skill below `questions/`, and what is asked about skills without one.

Questions with right answers find an assessed level; what somebody says they have done is their own word.
The `id` of a question stays: tries under way name it."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from server.people.assessment.scoring import Mark
from server.people.skills import LEVELS

FOLDER = Path(__file__).with_name("questions")
OWN_WORDS = "self_description"  # the file for all skills without one
OF_EACH_LEVEL = 3  # questions of a try
DONE_ALONE = 2  # the first of `answers` that counts as done


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `right` is empty where somebody describes themselves."""

    id: str
    level: str
    text: str
    code: str = ""
    right: str = ""
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All questions about one skill. `answers` are those of each question, where none has its own."""

    questions: Mapping[str, Question]
    answers: tuple[str, ...] = ()

    @property
    def basis(self) -> str:
        """What a level found by it rests on, as in `UserSkill.level_basis`."""
        return "own" if self.answers else "assessed"

    def draw(self, random: Random) -> list[str]:
        """The ids of one try's questions, easy ones first."""
        of_level: dict[str, list[str]] = {level: [] for level in LEVELS}
        for question in self.questions.values():
            of_level[question.level].append(question.id)
        if self.answers:
            return [each for ids in of_level.values() for each in ids]
        return [each for ids in of_level.values() for each in random.sample(ids, OF_EACH_LEVEL)]

    def options(self, question: Question, seed: str) -> tuple[str, ...]:
        """What can be chosen, in the order of this try, so that a place tells nothing."""
        if self.answers:
            return self.answers
        return tuple(sorted((question.right, *question.wrong), key=lambda one: _lot(seed, question, one)))

    def marks(self, asked: Iterable[str], answers: Mapping[str, int], seed: str) -> list[Mark]:
        """How each question asked was answered; those that a newer file has no more are left out."""
        known = [self.questions[each] for each in asked if each in self.questions]
        return [Mark(each.level, self._is_right(each, answers.get(each.id), seed)) for each in known]

    def _is_right(self, question: Question, choice: int | None, seed: str) -> bool:
        if choice is None:
            return False
        if self.answers:
            return choice >= DONE_ALONE
        options = self.options(question, seed)
        return choice in range(len(options)) and options[choice] == question.right


def _lot(seed: str, question: Question, option: str) -> bytes:
    return hashlib.sha256(f"{seed}/{question.id}/{option}".encode()).digest()


def has_questions(slug: str) -> bool:
    """Whether there are questions with right answers about the skill of this slug."""
    return slug in _slugs()


@lru_cache
def questionnaire(slug: str, name: str) -> Questionnaire:
    """What is asked about the skill of this slug and name."""
    return _read(slug if has_questions(slug) else OWN_WORDS, name)


@lru_cache(maxsize=1)
def _slugs() -> frozenset[str]:
    return frozenset(path.stem for path in FOLDER.glob("*.toml")) - {OWN_WORDS}


def _read(file: str, skill: str) -> Questionnaire:
    content = tomllib.loads((FOLDER / f"{file}.toml").read_text(encoding="utf-8"))
    questions = [_question(each, skill, content) for each in content["question"]]
    return Questionnaire({each.id: each for each in questions}, tuple(content.get("answers", ())))


def _question(row: Mapping[str, Any], skill: str, content: Mapping[str, Any]) -> Question:
    """Only what somebody says of themselves names the skill: code has braces of its own."""
    text = row["text"].replace("{skill}", skill) if "answers" in content else row["text"]
    code, wrong = row.get("code", "").strip("\n"), tuple(row.get("wrong", ()))
    return Question(row["id"], row["level"], text, code, row.get("right", ""), wrong)
