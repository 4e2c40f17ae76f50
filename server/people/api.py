"""JSON: registering, `/api/v1/users/...`, and the taxonomy of skills."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from server.accounts import service as accounts
from server.accounts.api import shown
from server.accounts.forms import Register
from server.accounts.requests import client_of
from server.edge.access import Viewer, require_viewer, viewer
from server.edge.api import ok, page_of, paging, read_json, read_query
from server.edge.keys import SETTINGS
from server.edge.openapi import described
from server.edge.uploads import posted_file
from server.people import circle as circles
from server.people import profiles, service
from server.people.forms import ChangeMe, ChangePrivacy, ChangeSkills, SkillsLike, TakeRole
from server.people.gallery import set_picture, use_picture
from server.people.pictures import MAX_BYTES, TOO_LARGE
from server.people.privacy import privacy_of, set_privacy
from server.people.revisions import latest_revision
from server.people.suggestions import suggested

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


def asker(request: web.Request) -> int | None:
    """Whose eyes an answer is for; None is a guest."""
    person = viewer(request)
    return person.user_id if person else None


async def me(request: web.Request) -> web.Response:
    """`GET /users/me`."""
    return ok(await _me(require_viewer(request)))


@described(body=ChangeMe)
async def change_me(request: web.Request) -> web.Response:
    """`PATCH /users/me {name?, about?, timezone?, headline?, bio?, languages?, rate_minor?,
    currency?}`: the rate is of an hour."""
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
            "rate_minor": profile.rate_minor,
            "currency": profile.currency,
            "revision": await latest_revision(person.user_id),
        }
    about, picture = await profiles.written(person.user_id)
    return {**shown(account), "about": about, "picture": picture, "mentor": mentor}


async def skills(request: web.Request) -> web.Response:
    """`GET /users/me/skills` → `{teach, want, levels}`."""
    return ok(await service.own_skills(require_viewer(request).user_id))


@described(body=ChangeSkills)
async def replace_skills(request: web.Request) -> web.Response:
    """`PUT /users/me/skills {teach, want, levels?}`."""
    form = await read_json(request, ChangeSkills)
    person = require_viewer(request)
    kept = await service.replace_skills(
        person.user_id, teach=form.teach, want=form.want, levels=form.model_dump()["levels"]
    )
    return ok(kept)


async def profile(request: web.Request) -> web.Response:
    """`GET /users/{username}`: what the asker may know."""
    return ok(await profiles.public_profile(request.match_info["username"], asker(request)))


@described(query=SkillsLike)
async def taxonomy(request: web.Request) -> web.Response:
    """`GET /skills`: all by name, or with `?q=` those near the word, the nearest first."""
    word = read_query(request, SkillsLike).q
    skills = await (suggested(word) if word else service.all_skills())
    found = [{"slug": skill.slug, "name": skill.name} for skill in skills]
    return ok(page_of(found, 1, max(len(found), 1), len(found)))


# --- pictures


async def replace_picture(request: web.Request) -> web.Response:
    """`PUT /users/me/avatar`, multipart with a `file`."""
    person = require_viewer(request)
    await set_picture(person, await posted_file(request, "file", MAX_BYTES, TOO_LARGE))
    return ok(await _me(person))


async def remove_picture(request: web.Request) -> web.Response:
    """`DELETE /users/me/avatar`."""
    person = require_viewer(request)
    await use_picture(person.user_id, "")
    return ok(await _me(person))


# --- privacy, following, blocking


async def privacy(request: web.Request) -> web.Response:
    """`GET /users/me/privacy`."""
    return ok(await privacy_of(require_viewer(request).user_id))


@described(body=ChangePrivacy)
async def change_privacy(request: web.Request) -> web.Response:
    """`PUT /users/me/privacy`."""
    form, person = await read_json(request, ChangePrivacy), require_viewer(request)
    await set_privacy(person.user_id, form.settings())
    return ok(await privacy_of(person.user_id))


async def follow(request: web.Request) -> web.Response:
    """`POST /users/{username}/follow`."""
    await circles.follow(require_viewer(request), request.match_info["username"])
    return await profile(request)


async def unfollow(request: web.Request) -> web.Response:
    """`DELETE /users/{username}/follow`."""
    await circles.unfollow(require_viewer(request), request.match_info["username"])
    return await profile(request)


async def block(request: web.Request) -> web.Response:
    """`POST /users/{username}/block`."""
    await circles.block(require_viewer(request), request.match_info["username"])
    return ok(message="You don’t find each other any more.")


async def unblock(request: web.Request) -> web.Response:
    """`DELETE /users/{username}/block`."""
    await circles.unblock(require_viewer(request), request.match_info["username"])
    return ok(message="You find each other again.")


@described(paged=True)
async def blocked(request: web.Request) -> web.Response:
    """`GET /users/me/blocked`."""
    asked = paging(request)
    found = await circles.blocked(require_viewer(request).user_id, asked.offset, asked.per_page)
    return ok(page_of(found[0], asked.page, asked.per_page, found[1]))


@described(paged=True)
async def followers(request: web.Request) -> web.Response:
    """`GET /users/{username}/followers`."""
    return await _circle(request, "followers")


@described(paged=True)
async def following(request: web.Request) -> web.Response:
    """`GET /users/{username}/following`."""
    return await _circle(request, "following")


async def _circle(request: web.Request, direction: circles.Direction) -> web.Response:
    asked = paging(request)
    faces, total = await circles.circle(
        request.match_info["username"], direction, asker(request), asked.offset, asked.per_page
    )
    return ok(page_of(faces, asked.page, asked.per_page, total))
