"""How far somebody is with settling in, and the short tour of each desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from server.edge.access import Viewer
from server.infra import clock
from server.infra.db import transactional
from server.people.assessment.bank import has_questions
from server.people.availability import has_hours
from server.people.models import MentorProfile, MentorRevision, Profile, UserSkill

Role = Literal["learner", "mentor"]
ONWARD = "onward"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that makes a profile more complete, and where it is done."""

    words: str
    href: str
    done: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a tour: what is at `href`, the address of an entry of the desk's navigation."""

    title: str
    words: str
    href: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """What an overview says to somebody new; `tour` is empty once it was seen or dismissed. `more` makes
    nothing more complete: the questionnaire of a skill whose level is their own word so far."""

    role: Role
    steps: tuple[Step, ...]
    tour: tuple[Stop, ...]
    more: Step | None = None

    @property
    def percent(self) -> int:
        return round(100 * sum(step.done for step in self.steps) / len(self.steps))


TOURS: dict[Role, tuple[Stop, ...]] = {
    "learner": (
        Stop(
            "Your desk",
            "Your next lesson waits here, with the door to its room.",
            "/dashboard/learner/overview",
        ),
        Stop(
            "Find a lesson",
            "Search by skill, language, time and price. All times are in your zone.",
            "/dashboard/learner/browse",
        ),
        Stop(
            "Your bookings",
            "Seats you hold, lessons behind you and their recordings are here.",
            "/dashboard/learner/bookings",
        ),
        Stop(
            "Your profile",
            "Say who you are, what you want to learn, and who may see it.",
            "/profile/edit/basic",
        ),
    ),
    "mentor": (
        Stop(
            "Your desk", "Your next lesson and what waits for you are here.", "/dashboard/mentor/overview"
        ),
        Stop(
            "Your mentor profile",
            "Headline, languages and skills: we read it before you publish.",
            "/profile/edit/mentor",
        ),
        Stop(
            "Prepare a lesson",
            "Set a topic, its objectives and a time. It stays a draft until you publish it.",
            "/dashboard/mentor/create",
        ),
        Stop(
            "Your sessions",
            "Drafts, open seats and past lessons with their recordings are here.",
            "/dashboard/mentor/sessions",
        ),
    ),
}


async def welcome(viewer: Viewer, role: Role) -> Welcome:
    """Two queries, or four."""
    profile = await Profile.get_or_none(user_id=viewer.user_id)
    rows = await UserSkill.filter(user_id=viewer.user_id).select_related("skill").order_by("id")
    kinds = {row.kind for row in rows}
    steps = [
        Step("Confirm your e-mail address", "/auth/check-mail", viewer.verified),
        Step("Say something about yourself", "/profile/edit/basic", bool(profile and profile.about)),
        Step("Add a picture", "/profile/edit/picture", bool(profile and profile.picture)),
    ]
    if role == "learner":
        steps.append(Step("Choose what you want to learn", "/profile/edit/skills", "want" in kinds))
    else:
        steps += await _mentor_steps(viewer.user_id, "teach" in kinds)
    seen = profile.tours if profile else []
    return Welcome(role, tuple(steps), () if role in seen else TOURS[role], _unknown_level(role, rows))


def _unknown_level(role: Role, rows: Iterable[UserSkill]) -> Step | None:
    """The first skill of this desk that has questions and was not assessed yet."""
    kind = "want" if role == "learner" else "teach"
    for row in rows:
        if row.kind == kind and row.level_basis == "own" and has_questions(row.skill.slug):
            return Step(
                f"Find out your level in {row.skill.name}", f"/profile/assess/{row.skill.slug}", False
            )
    return None


async def _mentor_steps(user_id: int, teaches: bool) -> list[Step]:
    mentor = await MentorProfile.get_or_none(user_id=user_id)
    shown = bool(mentor and mentor.headline and mentor.bio)
    written = shown or await MentorRevision.filter(user_id=user_id, status="submitted").exists()
    return [
        Step("Choose what you teach", "/profile/edit/skills", teaches),
        Step("Write your mentor profile", "/profile/edit/mentor", written),
        Step("Say when you teach", "/profile/edit/availability", await has_hours(user_id)),
    ]


async def open_profile(user_id: int) -> None:
    """Have a row for this person."""
    row = Profile(user_id=user_id, updated_at=clock.now())
    await Profile.bulk_create([row], ignore_conflicts=True)


@transactional
async def end_tour(user_id: int, role: Role) -> None:
    await _set_tour(user_id, role, seen=True)


@transactional
async def replay_tour(user_id: int, role: Role) -> None:
    await _set_tour(user_id, role, seen=False)


async def _set_tour(user_id: int, role: Role, *, seen: bool) -> None:
    await open_profile(user_id)
    profile = await Profile.filter(user_id=user_id).select_for_update().get()
    tours = set(profile.tours) - {role} | ({role} if seen else set())
    await Profile.filter(id=profile.id).update(tours=sorted(tours))


# --- where somebody wanted to go before they had an account


async def remember_onward(user_id: int, path: str) -> None:
    await open_profile(user_id)
    await Profile.filter(user_id=user_id).update(onboarding={ONWARD: path})


@transactional
async def take_onward(user_id: int) -> str:
    """Where the first visit of the desk leads instead; empty for everybody else, and the next time."""
    profile = await Profile.get_or_none(user_id=user_id)
    if profile is None or ONWARD not in profile.onboarding:
        return ""
    rest = {name: value for name, value in profile.onboarding.items() if name != ONWARD}
    await Profile.filter(id=profile.id).update(onboarding=rest)
    return str(profile.onboarding[ONWARD])
