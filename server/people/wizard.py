"""Registering step by step: what was given so far travels in a sealed cookie, since there is no account
yet. Of the password it has the hash alone.

Whoever has the cookie without our key reads nothing from it, and can't change it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from aiohttp import web
from pydantic import BaseModel, ValidationError

from server.accounts.sealing import Broken, seal
from server.edge.cookies import PrivateCookie
from server.infra import clock

Step = Literal["roles", "account", "skills", "finish"]
STEPS: tuple[Step, ...] = ("roles", "account", "skills", "finish")
LIFETIME = timedelta(hours=2)  # since the last step
OWNER = "registration"  # what the seal is bound to
COOKIE = PrivateCookie("peerlearn-register")
MOST_WISHES = 10  # skills of one list: the cookie has 4 kB
MAX_ONWARD = 300


class Draft(BaseModel):
    """What somebody has given so far, and at which step they are."""

    at: Step = "roles"
    roles: list[str] = []
    name: str = ""
    username: str = ""
    email: str = ""
    password_hash: str = ""
    want: list[str] = []
    teach: list[str] = []
    timezone: str = ""
    onward: str = ""
    ends_at: datetime | None = None

    @property
    def begun(self) -> bool:
        """Whether there is something that beginning anew would lose."""
        return bool(self.username or self.email)

    def reachable(self) -> tuple[Step, ...]:
        """The steps whose earlier ones are done."""
        if not self.roles:
            return STEPS[:1]
        return STEPS if self.username and self.email and self.password_hash else STEPS[:2]

    def nearest(self, step: str) -> Step:
        """The step asked for, or the last that can be reached."""
        open_steps = self.reachable()
        return next((one for one in open_steps if one == step), open_steps[-1])


def after(step: Step) -> Step:
    return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]


def before(step: Step) -> Step:
    return STEPS[max(STEPS.index(step) - 1, 0)]


# --- the cookie


def draft_of(request: web.Request) -> Draft:
    """What the browser brings; an empty one when that is nothing, not ours, or too old."""
    sealed = COOKIE.read(request)
    try:
        draft = Draft.model_validate_json(seal().open(sealed, OWNER))
    except (Broken, ValidationError):
        return Draft()
    return draft if draft.ends_at and draft.ends_at > clock.now() else Draft()


def remember(request: web.Request, draft: Draft, response: web.Response) -> web.Response:
    """Give the browser the draft with an answer."""
    lasting = draft.model_copy(update={"ends_at": clock.now() + LIFETIME})
    sealed = seal().close(lasting.model_dump_json(exclude_defaults=True), OWNER)
    return COOKIE.give(request, response, sealed, LIFETIME)


def forget(request: web.Request, response: web.Response) -> web.Response:
    return COOKIE.take(request, response)
