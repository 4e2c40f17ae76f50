"""One person's tries at the questionnaire of a skill: begun, answered step by step, finished once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom

from server.edge.access import Viewer
from server.edge.templates import local_time
from server.infra import clock
from server.infra.db import transactional
from server.infra.errors import Conflict, Invalid, NotFound, Throttled
from server.people.assessment.bank import Question, Questionnaire, questionnaire
from server.people.assessment.scoring import Mark, outcome
from server.people.models import Assessment, Skill, UserSkill

PAUSE = timedelta(days=7)  # between the end of a try and the next one


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of an open try. `answer` is the place of what was chosen among the options, from 0."""

    number: int
    text: str
    code: str
    options: tuple[str, ...]
    answer: int | None


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many questions of a level there were, and how many were answered rightly."""

    level: str
    right: int
    of: int


@dataclass(frozen=True, slots=True)
class Finished:
    """What a try came to. Which answers were right is not told: the next try draws from the same file."""

    level: str
    score: int
    finished_at: datetime
    levels: tuple[LevelCount, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands with a skill's questionnaire. `basis` is what its level rests on ("own" or
    "assessed"), `open` the questions of the try under way (none: there is none), `next_at` when another
    one may begin (None: now), `listed` whether the skill is on one of their lists."""

    skill: str
    name: str
    basis: str
    count: int
    listed: bool
    verified: bool
    open: tuple[Asked, ...]
    last: Finished | None
    next_at: datetime | None


async def standing(user_id: int, slug: str) -> Standing:
    """Raises NotFound for an unknown skill."""
    skill = await _skill(slug)
    asking = questionnaire(skill.slug, skill.name)
    rows = await Assessment.filter(user_id=user_id, skill_id=skill.id).order_by("-id").limit(2)
    under_way = next((row for row in rows if row.finished_at is None), None)
    last = next((row for row in rows if row.finished_at), None)
    own = await UserSkill.filter(user_id=user_id, skill_id=skill.id)
    rested = {row.level_basis for row in own}
    return Standing(
        skill=skill.slug,
        name=skill.name,
        basis=asking.basis,
        count=len(asking.draw(SystemRandom())),
        listed=bool(rested),
        verified="verified" in rested,
        open=_asked(asking, under_way) if under_way else (),
        last=_finished(asking, last) if last else None,
        next_at=_next_at(last),
    )


async def _skill(slug: str) -> Skill:
    skill = await Skill.get_or_none(slug=slug)
    if skill is None:
        raise NotFound
    return skill


def _asked(asking: Questionnaire, row: Assessment) -> tuple[Asked, ...]:
    return tuple(
        Asked(number, each.text, each.code, asking.options(each, _seed(row)), row.answers.get(each.id))
        for number, each in enumerate(_questions(asking, row), 1)
    )


def _questions(asking: Questionnaire, row: Assessment) -> list[Question]:
    return [asking.questions[each] for each in row.questions if each in asking.questions]


def _seed(row: Assessment) -> str:
    return row.public_id.hex


def _marks(asking: Questionnaire, row: Assessment) -> list[Mark]:
    return asking.marks(row.questions, row.answers, _seed(row))


def _finished(asking: Questionnaire, row: Assessment) -> Finished:
    assert row.finished_at is not None and row.score is not None
    marks = _marks(asking, row)
    of_level = {mark.level: [one.right for one in marks if one.level == mark.level] for mark in marks}
    counts = tuple(LevelCount(level, sum(right), len(right)) for level, right in of_level.items())
    return Finished(row.level, row.score, row.finished_at, counts)


def _next_at(last: Assessment | None) -> datetime | None:
    if last is None or last.finished_at is None or last.finished_at + PAUSE <= clock.now():
        return None
    return last.finished_at + PAUSE


# --- what one does


@transactional
async def start(viewer: Viewer, slug: str) -> None:
    """Draw the questions of a new try; one under way stays as it is.

    Raises NotFound, Conflict (`skill_missing`) where the skill is on no list of theirs, Throttled with
    the time of the next try."""
    skill = await _skill(slug)
    if not await UserSkill.filter(user_id=viewer.user_id, skill_id=skill.id).exists():
        raise Conflict("skill_missing", f"Put {skill.name} on one of your lists first.")
    row = Assessment(
        user_id=viewer.user_id,
        skill_id=skill.id,
        questions=questionnaire(skill.slug, skill.name).draw(SystemRandom()),
        started_at=clock.now(),
    )
    await Assessment.bulk_create([row], ignore_conflicts=True)
    if await Assessment.filter(public_id=row.public_id).exists():
        await _require_pause(viewer, skill)  # after the row: a try that ended meanwhile counts, too


async def _require_pause(viewer: Viewer, skill: Skill) -> None:
    done = Assessment.filter(user_id=viewer.user_id, skill_id=skill.id, finished_at__isnull=False)
    next_at = _next_at(await done.order_by("-finished_at").first())
    if next_at:
        words = f"You can try again from {local_time(next_at, viewer.timezone)}."
        raise Throttled(round((next_at - clock.now()).total_seconds()), words)


@transactional
async def answer(viewer: Viewer, slug: str, answers: Mapping[int, int]) -> None:
    """Keep what was chosen, by the number of the question; each can be changed until the end.

    Raises NotFound, Conflict where no try is under way, Invalid for what was not asked."""
    skill = await _skill(slug)
    row = await _open(viewer, skill)
    asking = questionnaire(skill.slug, skill.name)
    asked = {one.number: one for one in _asked(asking, row)}
    for number, choice in answers.items():
        if number not in asked or choice not in range(len(asked[number].options)):
            raise Invalid(fields={"answer": "Choose one of the answers."})
    ids = [each.id for each in _questions(asking, row)]
    kept = row.answers | {ids[number - 1]: choice for number, choice in answers.items()}
    await Assessment.filter(id=row.id).update(answers=kept)


async def _open(viewer: Viewer, skill: Skill) -> Assessment:
    """The try under way, locked. Raises Conflict."""
    found = Assessment.filter(user_id=viewer.user_id, skill_id=skill.id, finished_at__isnull=True)
    row = await found.select_for_update().get_or_none()
    if row is None:
        raise Conflict(message="No questionnaire is under way. Begin it first.")
    return row


@transactional
async def finish(viewer: Viewer, slug: str) -> None:
    """Score it and write the level to the person's lists, where nothing better founded stands.

    Raises NotFound, Conflict where no try is under way, or it was finished meanwhile."""
    skill = await _skill(slug)
    row = await _open(viewer, skill)
    asking = questionnaire(skill.slug, skill.name)
    result = outcome(_marks(asking, row))
    changed = await Assessment.filter(id=row.id, finished_at__isnull=True).update(
        score=result.score, level=result.level, finished_at=clock.now()
    )
    if not changed:
        raise Conflict(message="This questionnaire is finished already.")
    await _write_level(viewer.user_id, skill.id, result.level, asking.basis)


async def _write_level(user_id: int, skill_id: int, level: str, basis: str) -> None:
    weaker: Collection[str] = ("own",) if basis == "own" else ("own", "assessed")
    rows = UserSkill.filter(user_id=user_id, skill_id=skill_id, level_basis__in=weaker)
    await rows.update(level=level, level_basis=basis)
