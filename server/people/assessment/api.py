"""JSON: `/api/v1/users/me/assessments/{skill}`."""

from __future__ import annotations

from aiohttp import web

from server.edge.access import require_viewer
from server.edge.api import ok, read_json
from server.edge.openapi import described
from server.people.assessment import service
from server.people.assessment.forms import Answers
from server.people.assessment.service import Standing


@described(data=Standing)
async def assessment(request: web.Request) -> web.Response:
    """`GET /users/me/assessments/{skill}`: where one stands with its questionnaire."""
    return await _standing(request)


@described(data=Standing)
async def start_assessment(request: web.Request) -> web.Response:
    """`POST /users/me/assessments/{skill}`: begin a try, or go on with the one under way."""
    await service.start(require_viewer(request), request.match_info["skill"])
    return await _standing(request)


@described(body=Answers, data=Standing)
async def answer_assessment(request: web.Request) -> web.Response:
    """`PUT /users/me/assessments/{skill}/answers {answers}`: what is left out stays."""
    form = await read_json(request, Answers)
    await service.answer(require_viewer(request), request.match_info["skill"], form.answers)
    return await _standing(request)


@described(data=Standing)
async def finish_assessment(request: web.Request) -> web.Response:
    """`POST /users/me/assessments/{skill}/finish`: score it."""
    await service.finish(require_viewer(request), request.match_info["skill"])
    return await _standing(request)


async def _standing(request: web.Request) -> web.Response:
    person = require_viewer(request)
    return ok(await service.standing(person.user_id, request.match_info["skill"]))
