"""Every address that is read takes as many queries for many rows as for a few."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from aiohttp.test_utils import TestClient

from server.accounts import service as accounts
from server.booking import service as booking
from server.booking.drafting.drafts import add_draft
from server.booking.drafting.steps import LAST
from server.booking.models import Booking, Session
from server.booking.requests.models import SessionRequest
from server.booking.rescheduling.models import RescheduleAnswer, RescheduleProposal
from server.booking.times import next_mark, wall_time
from server.calendar.models import CalendarFeed
from server.calendar.secrets import secret_of
from server.classroom.models import AttendanceInterval, ChatMessage
from server.classroom.seats import take_seat
from server.edge.access import Access, Viewer, Whose
from server.edge.keys import SETTINGS
from server.feedback.models import Review
from server.feedback.ratings import write_ratings
from server.infra import clock
from server.infra.mailer import DatabaseMailer, Mail
from server.materials.adding import add as add_material
from server.materials.values import Phase
from server.messages.reports import report
from server.messages.states import Reason
from server.notifications import links
from server.notifications.kinds import KINDS
from server.pathways import editing, following
from server.payments.models import Payment
from server.people.models import Credential
from server.recordings.models import Recording, RecordingAccess, Segment
from server.routes import DEVELOPMENT_ROUTES, ROUTES, Route
from server.settlement import evidence
from server.settlement.models import Issue, Verdict
from server.settlement.rule import Judged, Outcome
from server.settlement.settling import write_verdict
from tests.server.achievements.lessons import certificate_of
from tests.server.booking.makers import bearer, mentor, person, published, skill
from tests.server.messages.makers import say
from tests.server.pathways.makers import offering
from tests.server.pathways.makers import shown as pathway
from tests.server.payments.makers import earned, paid_out
from tests.server.payments.purchases import bought, refunded
from tests.server.queries import counted

FEW, MANY = 2, 10
MOST = 18  # queries of one answer; the page of a session shows what eight features know of it
NOT_ASKED = {
    "/ws/session/{id}/",
    "/ws/check/{id}/",
    "/ws/notifications/",
    "/ws/sessions/{id}/seats/",
    "/api/v1/recordings/{id}/file",
    "/api/v1/recordings/{id}/poster",
    "/api/v1/recordings/{id}/captions",
    "/dashboard/mentor/earnings/account",
    "/sessions/{id}/book",
    "/media/pictures/{name}",
    "/profile/edit/credentials/{id}/file",
    "/dashboard/admin/credentials/{id}/file",
    "/api/v1/message-files/{id}",
    "/api/v1/sessions/{id}/room/files/{file}",
    "/api/v1/materials/{id}/file",
    "/api/v1/users/me/export",
    "/profile/edit/data/export",
}
ASKED = [
    route
    for route in ROUTES + DEVELOPMENT_ROUTES
    if route.method == "GET" and route.path not in NOT_ASKED
]


@dataclass(slots=True)
class World:
    """A place that grows; what is asked for is Mira's first session, Lea's seat in it, and Mira."""

    http: TestClient
    mira: Viewer
    lea: Viewer
    headers: dict[str, dict[str, str]]
    session: UUID
    booked: UUID
    payment: UUID
    recording: UUID
    code: str
    pathway: str
    review: UUID
    secret: str = ""
    report: UUID | None = None
    issue: UUID | None = None
    request: UUID | None = None
    move: UUID | None = None
    draft: UUID | None = None
    size: int = 1

    async def grow(self, size: int) -> None:
        """Until there are so many of everything."""
        while self.size < size:
            self.size += 1
            await self._sessions(f"no{self.size}", hours_from_now(2 * self.size))
            await self._people(f"no{self.size}")
            await self._segment()
            await self._draft()
            await self._pathways(f"no{self.size}")
            await add_material(self.session, self.mira, Phase.BEFORE, "a.txt", BytesIO(b"a"))

    async def _sessions(self, name: str, start: datetime) -> None:
        await skill(name, name.title())
        session = await published(self.mira, start, skills=[name])
        seat = await booking.book_session(session, self.lea)
        await refunded(await bought(seat.booking_id), 100)
        await refunded(await Payment.get(public_id=self.payment), 100)
        for status in ("paid", "failed"):
            buyer = await person(f"{name}{status}")
            await paid_out(await earned(self.mira, buyer), status)
        await certificate_of(self.mira.user_id, session)
        await published(await mentor(f"{name}t"), start)

    async def _draft(self) -> None:
        """Of a series with as many dates."""
        start = wall_time(hours_from_now(100), "UTC")
        series = {"every_weeks": "1", "count": str(self.size), "starts_at": start, "timezone": "UTC"}
        self.draft = (await add_draft(self.mira, series, LAST)).id

    async def _people(self, name: str) -> None:
        guest = await person(name)
        await RescheduleProposal.all().update(status="withdrawn")  # nobody books while it is open
        await booking.book_session(self.session, guest)
        await came(self.session, guest)
        await person(f"{name}w", "mentor", approved=False)
        for owner in (self.lea, self.mira):
            await Credential.create(user_id=owner.user_id, title=name, created_at=clock.now())
        await bearer(self.lea)
        await self._messages(guest)
        await self._request(guest)
        await self._move(guest)
        await self._review(guest)
        await self._staff(name)
        await self._issues(guest)
        await DatabaseMailer().send(Mail(f"{name}@example.com", name, name, name))

    async def _review(self, guest: Viewer) -> None:
        """Of the session that is asked for, though it is not over."""
        await said_of(self.session, guest)
        await write_ratings(self.mira.user_id, (await Session.get(id=self.session)).offering_id)

    async def _move(self, guest: Viewer) -> None:
        """Of the session that is asked for: everybody answers."""
        when = hours_from_now(24)
        proposal, _ = await RescheduleProposal.get_or_create(
            {
                "proposer_id": self.mira.user_id,
                "old_starts_at": when,
                "starts_at": when,
                "ends_at": when + timedelta(hours=1),
                "local_start": "2030-01-01T09:00",
                "timezone": "UTC",
                "expires_at": when,
                "created_at": clock.now(),
            },
            session_id=self.session,
        )
        seat = await Booking.get(session_id=self.session, learner_id=guest.user_id)
        await RescheduleAnswer.create(
            proposal_id=proposal.id, booking_id=seat.id, answer="accepted", answered_at=clock.now()
        )
        await RescheduleProposal.all().update(status="open")
        self.move = proposal.public_id

    async def _request(self, guest: Viewer) -> None:
        """Guests ask Mira; so does Lea, who asks for many hours."""
        for learner in (guest, self.lea):
            row = SessionRequest(
                learner_id=learner.user_id,
                mentor_id=self.mira.user_id,
                topic="Closures",
                starts_at=clock.now() + timedelta(days=self.size),
                duration_minutes=60,
                timezone="UTC",
                currency="EUR",
                expires_at=clock.now() + timedelta(days=1),
                created_at=clock.now(),
            )
            await row.save()
            self.request = row.public_id

    async def _messages(self, guest: Viewer) -> None:
        """Between Lea and each of the others, in the session, and one that is reported."""
        for each in (guest, self.mira):
            await say(each, "lea")
        await say(guest, self.session)
        self.report, _ = await report(self.lea, (await say(guest, "lea")).id, Reason.OTHER, "")

    async def _issues(self, guest: Viewer) -> None:
        """About Lea's seat one that is open, and one more that is decided; and a line of chat."""
        seat = await Booking.get(public_id=self.booked)
        await Issue.all().update(status="decided", decided_at=clock.now())
        at = clock.now()
        said = {"side": "learner", "category": "other", "opened_at": at, "due_at": at}
        issue = await Issue.create(booking_id=seat.id, opener_id=guest.user_id, **said)
        self.issue = issue.public_id
        place = await take_seat(self.session, guest.user_id, guest.username, "learner")
        await ChatMessage.create(
            session_id=self.session, seat_id=place.seat_id, seq=self.size, text="Hello", at=at
        )
        if not await Verdict.exists(booking_id=seat.id):
            measured = await evidence.measured(await Session.get(id=self.session))
            session = await Session.get(id=self.session)
            judged = Judged(outcome=Outcome.ATTENDED)
            await write_verdict(session, seat, judged, measured)

    async def _staff(self, name: str) -> None:
        """What they invite and decide, about Mira too, and where she is logged in."""
        owner = await person(f"{name}o", "owner")
        await accounts.invite(owner, f"{name}i@example.com", {"ops"})
        await accounts.warn(owner, self.mira.public_id, "x")
        await bearer(self.mira)

    async def _pathways(self, name: str) -> None:
        """One step more in Mira's first, and one more that Lea follows."""
        await editing.add_step(self.pathway, self.mira, await offering(self.mira, name))
        await following.follow(await pathway(self.mira, title=name), self.lea)

    async def _segment(self) -> None:
        """And somebody who fetched it."""
        row = await Segment.create(
            recording_id=self.recording,
            node_segment=uuid4().hex,
            node_url="http://127.0.0.1:7",
            participant=uuid4().hex,
            source="camera",
            kind="video",
            start_ms=0,
            state="open",
            opened_at=clock.now(),
        )
        await RecordingAccess.create(
            recording_id=self.recording,
            segment_id=row.id,
            user_id=(await person(row.node_segment[:12])).user_id,
            at=clock.now(),
            first_byte=0,
            bytes=1,
        )

    async def queries(self, route: Route, monkeypatch: pytest.MonkeyPatch) -> int:
        """What the second of two requests asks: the first may write down when a login was used."""
        path, headers = self._path(route), self.headers[_asker(route)]
        await self.http.get(path, headers=headers, allow_redirects=False)
        with counted(monkeypatch) as statements:
            answer = await self.http.get(path, headers=headers, allow_redirects=False)
        assert answer.status in (200, 303, 503), (path, answer.status)
        return len(statements)

    def _path(self, route: Route) -> str:
        own = self.booked if "/bookings/{id}" in route.path else self.session
        if "/payments/{id}" in route.path:
            own = self.payment
        if "/recordings/{id}" in route.path:
            own = self.recording
        if route.path.endswith("/books/account"):
            return f"{route.path}?account=escrow&currency=EUR"
        if "/users/{id}" in route.path:
            own = self.mira.public_id
        if "/reports/{id}" in route.path:
            assert self.report is not None
            own = self.report
        if "/cases/{id}" in route.path:
            assert self.issue is not None
            own = self.issue
        if "/feedback/{id}" in route.path:
            own = self.review
        if "/reschedules/{id}" in route.path:
            assert self.move is not None
            own = self.move
        if "/create/{id}" in route.path:
            assert self.draft is not None
            own = self.draft
        if "/requests/{id}" in route.path:
            assert self.request is not None
            own = self.request
        if route.path.startswith(links.PATH):
            return links.leave_path(self.lea.user_id, KINDS["free_seat"])
        if "{secret}" in route.path:
            return route.path.replace("{secret}", self.secret)
        path = route.path.replace("{skill}", f"no{FEW}").replace("{code}", self.code)
        path = path.replace("{slug}", self.pathway).replace("{step}", LAST.key)
        return path.replace("{username}", self.mira.username).replace("{id}", str(own))


async def came(session: UUID, viewer: Viewer) -> None:
    await AttendanceInterval.create(
        session_id=session, user_id=viewer.user_id, kind="socket", started_at=clock.now()
    )


async def said_of(session_id: UUID, learner: Viewer) -> UUID:
    """A review, whose mentor answered it."""
    session = await Session.get(id=session_id)
    seat = await Booking.get(session_id=session_id, learner_id=learner.user_id)
    review = await Review.create(
        booking_id=seat.id,
        session_id=session_id,
        offering_id=session.offering_id,
        learner_id=learner.user_id,
        mentor_id=session.mentor_id,
        rating=4,
        comment="Good.",
        reply="Thank you.",
        replied_at=clock.now(),
        created_at=clock.now(),
    )
    return review.public_id


def _asker(route: Route) -> str:
    """Somebody who may."""
    if route.access.asks_second_factor:
        return "admin"
    theirs = route.whose in (Whose.MENTORS, Whose.MENTORS_ONLY)
    return "mentor" if route.access is Access.MENTOR or theirs else "learner"


def hours_from_now(hours: int) -> datetime:
    return next_mark(clock.now()) + timedelta(hours=hours)


@pytest.fixture
async def world(http: TestClient) -> World:
    mira, lea, root = await mentor(), await person("lea"), await person("root", "admin", "owner")
    mentors, learners, admins = await bearer(mira), await bearer(lea), await bearer(root)
    session = await published(mira, hours_from_now(0) + timedelta(minutes=15), capacity=MANY + 1)
    booked = (await booking.book_session(session, lea)).booking_id
    await came(session, lea)
    recording = await Recording.create(
        id=uuid4(), session_id=session, state="processing", origin_at=clock.now()
    )
    code = await certificate_of(lea.user_id, session)
    headers = {"mentor": mentors, "learner": learners, "admin": admins}
    feed_id = uuid4()
    await CalendarFeed.create(user_id=lea.user_id, public_id=feed_id, created_at=clock.now())
    assert http.app is not None
    secret = secret_of(http.app[SETTINGS].secret_key, feed_id)
    slug = await pathway(mira)
    payment = (await bought(booked)).public_id
    review = await said_of(session, lea)
    own = session, booked, payment, recording.id
    return World(http, mira, lea, headers, *own, code, slug, review, secret)


async def test_many_rows_take_as_many_queries_as_a_few(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.grow(FEW)
    few = {route.path: await world.queries(route, monkeypatch) for route in ASKED}
    await world.grow(MANY)
    many = {route.path: await world.queries(route, monkeypatch) for route in ASKED}
    assert many == few
    assert {path: asked for path, asked in many.items() if asked > MOST} == {}
