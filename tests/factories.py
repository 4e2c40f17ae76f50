"""People for tests, made through the rules that make real ones, and a client that speaks the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient

from server.accounts import service as accounts
from server.edge.access import DEMO_DOMAIN, Viewer
from server.edge.permissions import STAFF
from server.people import service as people
from server.people.states import MentorStatus

PASSWORD = "correct horse battery"


def address_of(username: str, *roles: str) -> str:
    """Administrators are people of the demo: of others a second factor is asked."""
    return username + (DEMO_DOMAIN if STAFF & set(roles) else "@example.com")


async def person(
    username: str = "anna", *roles: str, verified: bool = True, approved: bool = True
) -> Viewer:
    """Somebody with an account; a learner if no role is named. Mails about it wait in the outbox."""
    role = "mentor" if "mentor" in roles else "learner"
    wanted = accounts.Registration(
        address_of(username, *roles), username, PASSWORD, role, name=username.title()
    )
    await people.register(wanted)
    user = await accounts.user_by_username(username)
    if verified:
        await accounts.mark_verified(user.id)
    if role == "mentor" and approved:
        await people.review_mentor(None, username, MentorStatus.APPROVED)
    for each in roles:
        await accounts.grant_role(user.id, each)
    return await accounts.get_viewer(user.id)


@dataclass(slots=True)
class Answer:
    """One answer of the API: status, headers, and the envelope or what was sent instead of one."""

    status: int
    headers: Any
    body: Any

    @property
    def data(self) -> Any:
        return self.body["data"]

    @property
    def code(self) -> str:
        return str(self.body["error"]["code"])

    @property
    def fields(self) -> dict[str, str]:
        return dict(self.body["error"]["fields"])


@dataclass(slots=True)
class Api:
    """Calls `/api/v1`, by token alone: cookies are neither kept nor sent."""

    client: TestClient
    token: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, json: Any = None, **options: Any) -> Answer:
        headers = {**self.headers, **options.pop("headers", {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.client.session.cookie_jar.clear()
        async with self.client.request(
            method, f"/api/v1{path}", json=json, headers=headers, **options
        ) as response:
            self.client.session.cookie_jar.clear()
            return await answer(response)

    async def get(self, path: str, **options: Any) -> Answer:
        return await self.call("GET", path, **options)

    async def post(self, path: str, json: Any = None, **options: Any) -> Answer:
        return await self.call("POST", path, json, **options)


async def answer(response: ClientResponse) -> Answer:
    is_json = response.content_type == "application/json"
    body = await response.json() if is_json else await response.text()
    return Answer(response.status, response.headers, body)


async def api_of(client: TestClient, username: str) -> Api:
    """The API as this person, freshly signed in."""
    nobody = Api(client)
    logged_in = await nobody.post("/auth/login", {"identifier": username, "password": PASSWORD})
    return Api(client, token=logged_in.data["token"])
