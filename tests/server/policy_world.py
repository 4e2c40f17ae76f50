"""A lesson and one object of each kind that an address may name, and how everybody asks for them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from aiohttp import ClientResponse, WSMsgType
from aiohttp.test_utils import TestClient

from server.accounts import service as accounts
from server.accounts.entering import begin
from server.accounts.models import Login, Totp, User
from server.accounts.passwords import hash_password
from server.accounts.values import Challenge, Client
from server.booking import service as booking
from server.booking.drafting.drafts import begin_draft
from server.booking.models import Booking
from server.booking.requests.models import SessionRequest
from server.booking.rescheduling.models import RescheduleProposal
from server.calendar import feeds
from server.calendar.secrets import secret_of
from server.classroom.conduct import files as room_files
from server.classroom.conduct.models import ChatFile
from server.classroom.models import ChatMessage, Seat
from server.classroom.seats import take_seat
from server.edge.access import Viewer
from server.edge.keys import SETTINGS
from server.feedback.models import Review
from server.infra import clock
from server.materials.adding import add as add_material
from server.materials.values import Phase
from server.messages.files import take_in
from server.messages.reports import report
from server.messages.states import Reason
from server.messages.values import Line
from server.notifications import links
from server.notifications.kinds import KINDS
from server.people.credentials import NewCredential, add_credential, own_credentials
from server.people.gallery import gallery, use_picture
from server.people.models import MentorRevision
from server.people.pictures import SMALL, address
from server.recordings.models import Recording
from server.routes import Route
from server.settlement.models import Issue
from tests.factories import PASSWORD
from tests.server.achievements.lessons import certificate_of
from tests.server.booking.makers import bearer
from tests.server.messages.makers import say
from tests.server.notifications.push.browsers import a_device
from tests.server.pathways.makers import shown as pathway
from tests.server.payments.purchases import bought
from tests.server.people.drawing import picture as a_picture

# Enough for those who read it before they ask who.
BODY = {"email": "x@example.com", "consent": True, "position_ms": 0}
SETUP = "setup"  # a second factor has to be set up first
IN = "in"  # past the door and the rule about whose it is; what is answered then is the feature's own
HALF_WAY = ("half-way in, by cookie", "half-way in, by token")


@dataclass(slots=True)
class World:
    """A mentor's lesson that begins now, in which the learner has a seat and came."""

    http: TestClient
    people: dict[str, Viewer]
    session: UUID
    draft: UUID

    async def address(self, route: Route) -> str:
        """The address of the route for an object of this world; what a request may change is new."""
        path = route.path.replace("{username}", "mentor").replace("{skill}", "closures")
        if "{revision}" in path:
            return path.replace("{revision}", str(await self._revision()))
        if path.startswith(links.PATH):
            return links.leave_path(self.people["learner"].user_id, KINDS["free_seat"])
        if "{name}" in path:
            return await self._picture()
        if "{slug}" in path:
            return path.replace("{slug}", await pathway(self.people["mentor"]))
        if "{secret}" in path:
            return path.replace("{secret}", await self._secret())
        if "{code}" in path:
            learner = self.people["learner"].user_id
            return path.replace("{code}", await certificate_of(learner, self.session))
        if "/reschedules/{id}" in path:
            return path.replace("{id}", str(await self._move()))
        if "/requests/{id}" in path:
            return path.replace("{id}", str(await self._request()))
        if "/recordings/{id}" in path:
            return path.replace("{id}", str((await Recording.get(session_id=self.session)).id))
        if path == "/bookings/{id}/refund":
            await bought(await self._booking())
        if "/bookings/{id}" in path:
            return path.replace("{id}", str(await self._booking()))
        if "/cases/{id}" in path or "/disputes/{id}" in path:
            return path.replace("{id}", str(await self._issue()))
        if "/feedback/{id}" in path:
            return path.replace("{id}", str(await self._review()))
        if "/materials/{id}" in path:
            return path.replace("{id}", str(await self._material()))
        if "/logins/{id}" in path:
            return path.replace("{id}", await self._login())
        if "/credentials/{id}" in path:
            return path.replace("{id}", str(await self._credential()))
        if "/media-nodes/{id}" in path:
            return path.replace("{id}", "media-1")
        if "/create/{id}" in path:
            return path.replace("{id}", str(await self._draft())).replace("{step}", "basics")
        if "/invitations/{id}" in path:
            return path.replace("{id}", str(await self._invitation()))
        if "/users/{id}" in path:
            return path.replace("{id}", str(self.people["mentor"].public_id))
        if "/devices/{id}" in path:
            return path.replace("{id}", str(await self._device()))
        if "/messages/{id}" in path:
            return path.replace("{id}", str((await self._message()).id))
        if "/message-files/{id}" in path:
            return path.replace("{id}", str(await self._file(sent=route.method == "GET")))
        if "/room/files" in path:
            path = path.replace("{file}", str(await self._room_file()))
        if "/reports/{id}" in path:
            return path.replace("{id}", str(await self._report()))
        if path.endswith("/books/account"):
            return f"{path}?account=escrow&currency=EUR"
        if "/payments/{id}" in path:
            return path.replace("{id}", str((await bought(await self._booking())).public_id))
        if path == "/sessions/{id}/cancel":
            await RescheduleProposal.all().delete()
            await self._booking()  # who declined another time has no seat any more
        return path.replace("{id}", str(self.session))

    async def _picture(self) -> str:
        picture = await gallery().take_in(BytesIO(a_picture()))
        await use_picture(self.people["mentor"].user_id, picture)
        return address(picture, SMALL)

    async def _room_file(self) -> UUID:
        """One of the mentor's that all who are in the room may have: the learner, too."""
        await self._booking()
        for name in ("mentor", "learner"):
            await take_seat(self.session, self.people[name].user_id, name, "learner")
        seat = await Seat.get(session_id=self.session, user_id=self.people["mentor"].user_id)
        line = await ChatMessage.create(
            session_id=self.session, seat_id=seat.id, seq=time.monotonic_ns(), text="", at=clock.now()
        )
        kept = await room_files.take_in(self.session, self.people["mentor"], "a.txt", BytesIO(b"a"))
        await ChatFile.filter(public_id=kept.id).update(message_id=line.id)
        return UUID(kept.id)

    async def _secret(self) -> str:
        learner = self.people["learner"].user_id
        await feeds.turn_on(learner)
        feed = await feeds.feed_of(learner)
        assert feed is not None
        assert self.http.app is not None
        return secret_of(self.http.app[SETTINGS].secret_key, feed.id)

    async def _credential(self) -> UUID:
        learner = self.people["learner"].user_id
        await add_credential(learner, NewCredential("Diploma", "", None, "", ""), BytesIO(a_picture()))
        return (await own_credentials(learner))[0].id

    async def _revision(self) -> int:
        pending = {"user_id": self.people["mentor"].user_id, "status": "submitted"}
        kept, _ = await MentorRevision.get_or_create(
            {"content": {"bio": "New."}, "created_at": clock.now()}, **pending
        )
        return int(kept.id)

    async def _booking(self) -> UUID:
        return (await booking.book_session(self.session, self.people["learner"])).booking_id

    async def _move(self) -> UUID:
        await RescheduleProposal.all().delete()
        at = clock.now() + timedelta(days=3)
        proposal = RescheduleProposal(
            session_id=self.session,
            proposer_id=self.people["mentor"].user_id,
            old_starts_at=clock.now(),
            starts_at=at,
            ends_at=at + timedelta(hours=1),
            local_start="2030-01-01T09:00",
            timezone="UTC",
            expires_at=clock.now() + timedelta(days=1),
            created_at=clock.now(),
        )
        await proposal.save()
        return proposal.public_id

    async def _request(self) -> UUID:
        asked = SessionRequest(
            learner_id=self.people["learner"].user_id,
            mentor_id=self.people["mentor"].user_id,
            topic="Closures",
            starts_at=clock.now() + timedelta(days=2),
            duration_minutes=60,
            timezone="UTC",
            currency="EUR",
            expires_at=clock.now() + timedelta(days=1),
            created_at=clock.now(),
        )
        await asked.save()
        return asked.public_id

    async def _message(self, *file_ids: UUID) -> Line:
        return await say(self.people["mentor"], self.session, files=file_ids)

    async def _file(self, *, sent: bool) -> UUID:
        """The learner's, or one that the mentor sent to the people of the session."""
        whose = self.people["mentor" if sent else "learner"]
        file = await take_in(whose, "notes.txt", BytesIO(b"notes"))
        if sent:
            await self._message(file.id)
        return file.id

    async def _report(self) -> UUID:
        bad, learner = await self._message(), self.people["learner"]
        return (await report(learner, bad.id, Reason.OTHER, ""))[0]

    async def _material(self) -> UUID:
        whose = self.people["mentor"]
        return (await add_material(self.session, whose, Phase.BEFORE, "a.txt", BytesIO(b"a"))).id

    async def _review(self) -> UUID:
        """The learner's, of this lesson, though it is not over."""
        seat = await Booking.get(public_id=await self._booking())
        kept, _ = await Review.get_or_create(
            {
                "session_id": self.session,
                "learner_id": self.people["learner"].user_id,
                "mentor_id": self.people["mentor"].user_id,
                "rating": 4,
                "created_at": clock.now(),
            },
            booking_id=seat.id,
        )
        return kept.public_id

    async def _issue(self) -> UUID:
        """What the learner says was wrong with this lesson, though it is not over."""
        seat, at = await Booking.get(public_id=await self._booking()), clock.now()
        said = {"side": "learner", "category": "other", "opened_at": at, "due_at": at}
        kept, _ = await Issue.get_or_create(said, booking_id=seat.id, status="open")
        return kept.public_id

    async def _draft(self) -> UUID:
        return (await begin_draft(self.people["mentor"], {"title": "Scopes"})).id

    async def _device(self) -> UUID:
        await self._login()
        learner = self.people["learner"].user_id
        login = await Login.filter(user_id=learner).order_by("-id").first()
        return (await a_device(learner, login.id if login else 0)).public_id

    async def _invitation(self) -> UUID:
        return (await accounts.invite(self.people["owner"], f"{uuid4()}@example.com", {"ops"})).id

    async def _login(self) -> str:
        await bearer(self.people["learner"])
        login = await Login.filter(user_id=self.people["learner"].user_id).order_by("-id").first()
        assert login is not None
        return str(login.public_id)

    async def ask(self, route: Route, path: str, who: str) -> int | str:
        """`IN`, or the status that refused."""
        headers = await self._headers(who)
        if path.startswith("/ws/"):
            return await self._knock(path, headers)
        is_api = path.startswith("/api/")
        sent: dict[str, Any] = {"json" if is_api else "data": BODY}
        options = {} if route.method == "GET" else sent
        async with self.http.request(
            route.method, path, headers=headers, allow_redirects=False, **options
        ) as answer:
            if route.access.asks_second_factor and await asks_for_setup(answer):
                return SETUP
            return await (refusal(answer) if is_api else page_refusal(answer))

    async def _headers(self, who: str) -> dict[str, str]:
        """How they show who they are; of a half-finished login there is only the challenge."""
        if who == "anonymous":
            return {}
        if who not in HALF_WAY:
            return await bearer(self.people[who])
        secret = await half_way_in(self.people["learner"])
        if who.endswith("token"):
            return {"Authorization": f"Bearer {secret}"}
        return {"Cookie": f"peerlearn={secret}; peerlearn-2fa={secret}"}

    async def _knock(self, path: str, headers: dict[str, str]) -> int | str:
        own = {"Origin": str(self.http.make_url("")).rstrip("/")}
        async with self.http.ws_connect(path, headers={**headers, **own}) as socket:
            first = await socket.receive()
            said = first.json() if first.type is WSMsgType.TEXT else {}
            let_in = {"wrong_state", "media_unavailable"}  # of a draft; where no node is
            if said.get("type") in {"joined", "unread", "seats"} or said.get("code") in let_in:
                return IN
            await socket.receive()
            assert socket.close_code is not None
            return socket.close_code - 4000


async def asks_for_setup(answer: ClientResponse) -> bool:
    if answer.content_type == "application/json" and answer.status == 403:
        return bool((await answer.json())["error"]["code"] == "second_factor_setup_required")
    return answer.headers.get("Location", "").startswith("/profile/edit/security")


async def half_way_in(viewer: Viewer) -> str:
    """The secret of a login that still waits for its second factor."""
    await Totp.update_or_create(
        {"sealed_secret": "", "created_at": clock.now(), "enabled_at": clock.now()},
        user_id=viewer.user_id,
    )
    await User.filter(id=viewer.user_id).update(password_hash=await hash_password(PASSWORD))
    begun = await begin(viewer.username, PASSWORD, Client("127.0.0.1", "127.0.0.1"))
    assert isinstance(begun, Challenge)
    return begun.secret


async def refusal(answer: ClientResponse) -> int | str:
    refused = {401: "unauthenticated", 403: "forbidden", 404: "not_found"}
    if answer.status not in refused:
        return IN
    code = (await answer.json())["error"]["code"]
    return answer.status if code == refused[answer.status] else IN


async def page_refusal(answer: ClientResponse) -> int | str:
    if answer.headers.get("Location", "").startswith("/auth/login"):
        return 401
    return answer.status if answer.status in {403, 404} else IN
