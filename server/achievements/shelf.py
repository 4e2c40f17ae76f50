"""Reading certificates and badges: by a code, or on somebody's profile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from server.accounts.models import User
from server.achievements import models
from server.achievements.badges import BADGES, Badge, reached
from server.achievements.codes import canonical
from server.achievements.service import deeds_of
from server.achievements.values import Achievements, BadgeRow, Certificate, Checked, Content
from server.people.circle import found
from server.people.privacy import visible


async def certificate(code: str, viewer_id: int | None) -> Certificate | None:
    """Whoever knows the code may see it. One query, be the code well spelled, known or neither."""
    row = await models.Certificate.get_or_none(code=canonical(code))
    return _certificate(row, viewer_id) if row else None


def _certificate(row: models.Certificate, viewer_id: int | None) -> Certificate:
    own = row.user_id == viewer_id
    return Certificate(
        code=row.code,
        content=Content.read(row.content),
        issued_at=row.issued_at,
        revoked_at=row.revoked_at,
        listed=row.listed,
        own=own,
        reason=row.reason if own else "",
    )


def checked(certificate: Certificate) -> Checked:
    """What programs hear of a certificate."""
    content = certificate.content
    return Checked(
        code=certificate.code,
        state="revoked" if certificate.revoked_at else "valid",
        name=content.name,
        title=content.title,
        mentor=content.mentor,
        started_at=content.started_at,
        minutes=content.minutes,
        percent=content.percent,
        skills=content.skills,
        issued_at=certificate.issued_at,
        revoked_at=certificate.revoked_at,
    )


async def achievements(username: str, viewer_id: int | None, offset: int, limit: int) -> Achievements:
    """What this viewer sees of somebody's achievements. Raises NotFound."""
    user = await found(username, viewer_id)
    face, own = (await visible(viewer_id, [user.id]))[user.id], user.id == viewer_id
    certificates = models.Certificate.filter(user_id=user.id)
    if not own:
        certificates = certificates.filter(listed=True, revoked_at__isnull=True)
    rows = certificates.order_by("-session__started_at", "-id").offset(offset).limit(limit)
    awards = {row.badge: row.earned_at for row in await models.BadgeAward.filter(user_id=user.id)}
    return Achievements(
        username=user.username,
        name=face.name,
        picture=face.picture_url or "",
        own=own,
        earned=_earned(awards),
        ahead=await _ahead(user, frozenset(awards)) if own else (),
        certificates=tuple([_certificate(row, viewer_id) for row in await rows]),
        total=await certificates.count(),
    )


def _earned(awards: Mapping[str, datetime]) -> tuple[BadgeRow, ...]:
    """The latest first."""
    has = sorted((badge for badge in BADGES if badge.slug in awards), key=lambda one: awards[one.slug])
    return tuple(_row(badge, awards[badge.slug], badge.goal) for badge in reversed(has))


async def _ahead(user: User, has: frozenset[str]) -> tuple[BadgeRow, ...]:
    """What somebody is on the way to, the nearest first; those of teaching are for mentors."""
    done = await deeds_of(user.id)
    teaches = any(grant.role == "mentor" for grant in user.roles)
    open_still = [
        _row(badge, None, reached(badge, done))
        for badge in BADGES
        if badge.slug not in has and (teaches or not badge.teaching)
    ]
    return tuple(sorted(open_still, key=lambda row: -row.reached / row.goal))


def _row(badge: Badge, earned_at: datetime | None, so_far: int) -> BadgeRow:
    return BadgeRow(badge.slug, badge.name, badge.says, earned_at, so_far, badge.goal)
