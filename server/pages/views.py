"""The landing page and the overviews of the dashboards."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from server.accounts import service as accounts
from server.accounts.registration import TERMS
from server.booking import service as booking
from server.booking.requests.listing import count_waiting
from server.booking.requests.views import MENTORS_PAGE
from server.booking.service import SessionCard
from server.discovery.views import browse
from server.edge.access import Viewer, require_viewer, viewer
from server.edge.redirects import safe_next, see_other
from server.edge.templates import render
from server.infra.clock import now
from server.notifications.push.views import offered as push_offered
from server.pages.fortnight import fortnight
from server.pathways import service as pathways
from server.people import service as people
from server.people.onboarding import take_onward, welcome
from server.people.spotlight import mentor_cards
from server.people.values import SkillView

FEATURED = 6  # cards on the landing page
SPOTLIGHT = 6  # mentors on the landing page
TOPICS = 5  # skills below the search on the landing page
SUGGESTED = 3  # cards on a learner's overview
SHOWN_PATHWAYS = 3
SHOWN_ROWS = 5  # rows of each list on an overview


async def landing(request: web.Request) -> web.StreamResponse:
    asking = viewer(request)
    seen_by = asking.user_id if asking else None
    featured = await booking.featured_sessions(now(), FEATURED, seen_by=seen_by)
    context = {
        "featured": featured,
        "topics": _topics(featured),
        "mentors": await mentor_cards(SPOTLIGHT, seen_by),
        "stats": await _stats(),
    }
    return render(request, "pages/landing.html", context)


def _topics(featured: Iterable[SessionCard]) -> list[SkillView]:
    """What can be learned next, without repeating itself."""
    named = {
        slug: name for card in featured for slug, name in zip(card.skill_slugs, card.skills, strict=True)
    }
    return [SkillView(slug, name) for slug, name in named.items()][:TOPICS]


async def _stats() -> dict[str, int]:
    counted = await booking.figures()
    return {
        "mentors": await people.count_mentors(),
        "learners": await accounts.count_accounts("learner"),
        "sessions": counted.sessions,
        "hours": counted.hours,
    }


async def dashboard(request: web.Request) -> web.StreamResponse:
    """To the dashboard this person used last; the first time to what they had chosen before they had an
    account."""
    asking = require_viewer(request)
    if onward := await take_onward(asking.user_id):
        return see_other(safe_next(onward))
    desk = await accounts.last_role(asking)
    return see_other(f"/dashboard/{desk}/overview")


async def terms_page(request: web.Request) -> web.StreamResponse:
    return render(request, "pages/terms.html", {"version": TERMS})


async def learner_overview(request: web.Request) -> web.StreamResponse:
    asking = require_viewer(request)
    await accounts.remember_role(asking.user_id, "learner")
    upcoming = await booking.learner_bookings(asking.user_id, "upcoming", now())
    past = await booking.learner_bookings(asking.user_id, "past", now(), SHOWN_ROWS)
    booked = {row.session.id for row in upcoming}
    context = {
        "welcome": await welcome(asking, "learner"),
        "offer_push": bool(upcoming or past) and await push_offered(request),
        "next_session": upcoming[0].session if upcoming else None,
        "upcoming": upcoming[: SHOWN_ROWS + 1],
        "past": past,
        "pathways": await pathways.followed(asking.user_id, SHOWN_PATHWAYS),
        "suggested": await _suggested(asking, len(booked), booked),
        "days": fortnight(now(), ZoneInfo(asking.timezone), [row.session.starts_at for row in upcoming]),
    }
    return render(request, "pages/learner_overview.html", context)


async def _suggested(asking: Viewer, more: int, booked: Any) -> list[SessionCard]:
    """The next sessions with a seat, but not those that this person teaches or has booked."""
    found = await booking.featured_sessions(now(), SUGGESTED + more, seen_by=asking.user_id, but_own=True)
    return [card for card in found if card.id not in booked][:SUGGESTED]


async def learner_browse(request: web.Request) -> web.StreamResponse:
    return await browse(request)


async def mentor_overview(request: web.Request) -> web.StreamResponse:
    asking = require_viewer(request)
    await accounts.remember_role(asking.user_id, "mentor")
    upcoming = await booking.mentor_sessions(asking.user_id, "upcoming")
    drafts = await booking.mentor_sessions(asking.user_id, "drafts")
    profile = await people.own_profile(asking.user_id)
    context = {
        "welcome": await welcome(asking, "mentor"),
        "offer_push": any(card.seats_taken for card in upcoming) and await push_offered(request),
        "profile": profile,
        "next_session": upcoming[0] if upcoming else None,
        "sessions": upcoming[:SHOWN_ROWS],
        "tasks": _tasks(await count_waiting(asking.user_id, now()), drafts),
        "days": fortnight(now(), ZoneInfo(asking.timezone), [card.starts_at for card in upcoming]),
    }
    return render(request, "pages/mentor_overview.html", context)


def _tasks(requests: int, drafts: list[SessionCard]) -> list[dict[str, str]]:
    """What waits for this mentor, each with the page where it is done. People come first."""
    words = "a request for a lesson" if requests == 1 else f"{requests} requests for lessons"
    asked = [{"text": f"Answer {words}", "href": MENTORS_PAGE}] if requests else []
    return asked + [
        {"text": f"Finish and publish “{draft.title}”", "href": draft.url}
        for draft in drafts[:SHOWN_ROWS]
    ]
