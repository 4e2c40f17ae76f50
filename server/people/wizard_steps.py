"""What each step of registering does with what was sent. None of it makes an account but the last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast
from zoneinfo import available_timezones

from server.accounts import service as accounts
from server.accounts.passwords import hash_password
from server.accounts.registration import count_preparation
from server.accounts.values import OPEN_ROLES
from server.infra.errors import Invalid
from server.people.registering import register_prepared
from server.people.skills import skills_by_slug
from server.people.suggestions import named
from server.people.wizard import MOST_WISHES, Draft

WISHES = ("want", "teach")
ROLE_OF = {"want": "learner", "teach": "mentor"}


def typed(draft: Draft, sent: Mapping[str, Any]) -> Draft:
    """The draft with the words that were sent, right or wrong: going back loses nothing."""
    words = {name: text(sent, name) for name in ("name", "username", "email") if name in sent}
    return draft.model_copy(update=words)


def text(sent: Mapping[str, Any], name: str, most: int = 320) -> str:
    value = sent.get(name, "")
    return value.strip()[:most] if isinstance(value, str) else ""


def listed(sent: Mapping[str, Any], name: str) -> list[str]:
    """Boxes: none ticked is no field, one is a text, more are a list."""
    value = sent.get(name, [])
    return [value] if isinstance(value, str) else list(value)


def choose_roles(draft: Draft, sent: Mapping[str, Any]) -> Draft:
    """Raises Invalid."""
    chosen = [role for role in ("learner", "mentor") if role in listed(sent, "role")]
    if not chosen or set(listed(sent, "role")) - OPEN_ROLES:
        raise Invalid(fields={"role": "Choose at least one."})
    return draft.model_copy(update={"roles": chosen})


async def name_account(draft: Draft, sent: Mapping[str, Any], client: accounts.Client) -> Draft:
    """An empty password leaves the one that was given before. Raises Invalid, Throttled."""
    draft, password = typed(draft, sent), str(sent.get("password", ""))
    known = bool(draft.password_hash) and not password
    clean = accounts.checked(wanted(draft, password), password_known=known)
    await accounts.require_free_username(clean.username)
    changes = {"name": clean.name, "username": clean.username, "email": clean.email}
    if not known:
        await count_preparation(client)
        changes["password_hash"] = await hash_password(password)
    return draft.model_copy(update=changes)


def wanted(draft: Draft, password: str = "") -> accounts.Registration:
    role, *also = draft.roles
    return accounts.Registration(
        email=draft.email,
        username=draft.username,
        password=password,
        role=role,
        timezone=draft.timezone or "UTC",
        name=draft.name,
        also=also[0] if also else "",
    )


async def choose_skills(draft: Draft, sent: Mapping[str, Any]) -> Draft:
    """What is ticked, and what was typed and is a skill. Raises Invalid."""
    chosen = {kind: listed(sent, kind) for kind in WISHES if ROLE_OF[kind] in draft.roles}
    for kind, slugs in chosen.items():
        if word := text(sent, f"{kind}_word"):
            slugs.append((await named(word, f"{kind}_word")).slug)
        chosen[kind] = await _known(slugs, kind)
    return draft.model_copy(update=chosen)


async def _known(slugs: Iterable[str], kind: str) -> list[str]:
    found = [skill.slug for skill in await skills_by_slug(list(slugs), field=kind)]
    if len(found) > MOST_WISHES:
        raise Invalid(fields={kind: f"Choose at most {MOST_WISHES}. You can add more later."})
    return found


def detected(draft: Draft, sent: Mapping[str, Any]) -> Draft:
    """The zone that the browser is in, until somebody chooses another."""
    zone = text(sent, "zone", 64)
    if draft.timezone or zone not in available_timezones():
        return draft
    return draft.model_copy(update={"timezone": zone})


async def finish(draft: Draft, sent: Mapping[str, Any]) -> accounts.Registration:
    """Make the account. Raises Invalid."""
    if text(sent, "terms") != "yes":
        raise Invalid(fields={"terms": "Please read the terms, and agree to them to go on."})
    zone = text(sent, "timezone", 64) or draft.timezone or "UTC"
    draft = draft.model_copy(update={"timezone": zone})
    clean = accounts.checked(wanted(draft), password_known=True)
    await accounts.require_free_username(clean.username)
    lists = {kind: cast("list[str]", getattr(draft, kind)) for kind in WISHES}
    await register_prepared(clean, draft.password_hash, **lists, onward=draft.onward)
    return clean
