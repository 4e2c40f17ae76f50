"""JSON: registering, `/api/v1/users/...`, and the taxonomy of skills."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.accounts import service as accounts
from server.accounts.api import shown
from server.accounts.forms import Register
from server.accounts.requests import client_of
from server.edge.access import Viewer, require_viewer
from server.edge.api import ok, page_of, read_json
from server.edge.keys import SETTINGS
from server.edge.openapi import described
from server.people import service
from server.people.forms import ChangeMe, ChangeSkills, TakeRole

REGISTERED = "Almost done: open the link in the mail we have sent you."


@described(body=Register, statuses=(201,))
async def register(request: web.Request) -> web.Response:
    """`POST /auth/register`: the same answer whether the address is known or not."""
    form = await read_json(request, Register)
    await accounts.count_registration(client_of(request), development=request.app[SETTINGS].development)
    clean = await service.register(registration_of(form), teach=form.skills, want=form.interests)
    return ok({"user": {"username": clean.username, "email": clean.email}}, REGISTERED, 201)


def registration_of(form: Register) -> accounts.Registration:
    return accounts.Registration(
        email=form.email,
        username=form.username,
        password=form.password,
        role=form.role,
        timezone=form.timezone or "UTC",
        name=form.name,
    )


async def me(request: web.Request) -> web.Response:
    """`GET /users/me`."""
    return ok(await _me(require_viewer(request)))


@described(body=ChangeMe)
async def change_me(request: web.Request) -> web.Response:
    """`PATCH /users/me {name?, timezone?, headline?, bio?, languages?}`."""
    form = await read_json(request, ChangeMe)
    person = require_viewer(request)
    await service.change_profile(person, **form.model_dump())
    return ok(await _me(person))


@described(body=TakeRole)
async def take_role(request: web.Request) -> web.Response:
    """`POST /users/me/roles {role}`."""
    form = await read_json(request, TakeRole)
    person = require_viewer(request)
    await service.take_role(person, form.role)
    return ok(await _me(person))


async def _me(person: Viewer) -> dict[str, Any]:
    account = await accounts.account(person.user_id)
    profile = await service.own_profile(person.user_id)
    mentor = None
    if profile:
        mentor = {
            "status": profile.status,
            "reason": profile.reason,
            "headline": profile.headline,
            "bio": profile.bio,
            "languages": profile.languages,
        }
    return {**shown(account), "mentor": mentor}


async def skills(request: web.Request) -> web.Response:
    """`GET /users/me/skills` → `{teach, want}`."""
    return ok(await service.own_skills(require_viewer(request).user_id))


@described(body=ChangeSkills)
async def replace_skills(request: web.Request) -> web.Response:
    """`PUT /users/me/skills {teach, want}`."""
    form = await read_json(request, ChangeSkills)
    person = require_viewer(request)
    return ok(await service.replace_skills(person.user_id, teach=form.teach, want=form.want))


async def profile(request: web.Request) -> web.Response:
    """`GET /users/{username}`: what everybody may know."""
    return ok(await service.public_profile(request.match_info["username"]))


async def taxonomy(request: web.Request) -> web.Response:
    """`GET /skills`."""
    found = [{"slug": skill.slug, "name": skill.name} for skill in await service.all_skills()]
    return ok(page_of(found, 1, max(len(found), 1), len(found)))
