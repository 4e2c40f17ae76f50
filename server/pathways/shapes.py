"""Pathways as the API shows them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from typing_extensions import TypedDict

from server.pathways.values import PathwayCard, PathwayPage, Step


class PathwayMentor(TypedDict):
    username: str
    name: str


class PathwayCardShape(TypedDict):
    """A pathway in a list; `steps` says how many there are."""

    slug: str
    title: str
    level: str
    steps: int
    url: str
    mentor: PathwayMentor


class StepShape(TypedDict):
    """One step; `next_session_id` is its next session with a seat."""

    number: int
    title: str
    skills: tuple[str, ...]
    done: bool
    current: bool
    next_session_id: UUID | None
    next_starts_at: datetime | None


class PathwayShape(TypedDict):
    """A pathway; `percent` is the asker's own progress."""

    slug: str
    title: str
    description: str
    level: str
    status: str
    url: str
    mentor: PathwayMentor
    steps: list[StepShape]
    followed: bool
    percent: int
    completed_at: datetime | None


def card_shape(card: PathwayCard) -> PathwayCardShape:
    return {
        "slug": card.slug,
        "title": card.title,
        "level": card.level,
        "steps": card.steps,
        "url": card.url,
        "mentor": {"username": card.mentor.username, "name": card.mentor.name},
    }


def pathway_shape(page: PathwayPage) -> PathwayShape:
    return {
        "slug": page.slug,
        "title": page.title,
        "description": page.description,
        "level": page.level,
        "status": page.status,
        "url": page.url,
        "mentor": {"username": page.mentor.username, "name": page.mentor.name},
        "steps": [_step(step) for step in page.steps],
        "followed": page.followed,
        "percent": page.percent,
        "completed_at": page.completed_at,
    }


def _step(step: Step) -> StepShape:
    return {
        "number": step.number,
        "title": step.title,
        "skills": step.skills,
        "done": step.done,
        "current": step.current,
        "next_session_id": step.next.id if step.next else None,
        "next_starts_at": step.next.starts_at if step.next else None,
    }
