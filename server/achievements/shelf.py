"""Reading certificates and badges: by a code, or on somebody's profile."""

from __future__ import annotations

from datetime import datetime

from server.accounts.models import User
from server.achievements import models
from server.achievements.badges import BADGES, Badge, reached
from server.achievements.codes import canonical
from server.achievements.service import deeds_of
from server.achievements.values import Achievements, BadgeRow, Certificate, Checked, Content
from server.people.circle import owner


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


def checked(found: Certificate) -> Checked:
    """What programs hear of a certificate."""
    content = found.content
    return Checked(
        code=found.code,
        state="revoked" if found.revoked_at else "valid",
        name=content.name,
        title=content.title,
        mentor=content.mentor,
        started_at=content.started_at,
        minutes=content.minutes,
        percent=content.percent,
        skills=content.skills,
        issued_at=found.issued_at,
        revoked_at=found.revoked_at,
    )


async def achievements(username: str, viewer_id: int | None) -> Achievements:
    """What this viewer sees of somebody's achievements. Raises NotFound."""
    face = await owner(username, viewer_id)
    user_id = (await User.get(username=face.username)).id
    own = user_id == viewer_id
    certificates = models.Certificate.filter(user_id=user_id)
    if not own:
        certificates = certificates.filter(listed=True, revoked_at__isnull=True)
    earned, ahead = await _badges(user_id, with_progress=own)
    return Achievements(
        username=face.username,
        name=face.name,
        picture=face.picture,
        own=own,
        earned=earned,
        ahead=ahead,
        certificates=tuple(
            [_certificate(row, viewer_id) for row in await certificates.order_by("-issued_at", "-id")]
        ),
    )


async def _badges(
    user_id: int, *, with_progress: bool
) -> tuple[tuple[BadgeRow, ...], tuple[BadgeRow, ...]]:
    """What somebody has earned, the latest first, and what they are on the way to, the nearest first."""
    awards = {row.badge: row.earned_at for row in await models.BadgeAward.filter(user_id=user_id)}
    has = sorted((badge for badge in BADGES if badge.slug in awards), key=lambda one: awards[one.slug])
    earned = tuple(_row(badge, awards[badge.slug], badge.goal) for badge in reversed(has))
    if not with_progress:
        return earned, ()
    done = await deeds_of(user_id)
    open_still = [_row(badge, None, reached(badge, done)) for badge in BADGES if badge.slug not in awards]
    return earned, tuple(sorted(open_still, key=lambda row: -row.reached / row.goal))


def _row(badge: Badge, earned_at: datetime | None, so_far: int) -> BadgeRow:
    return BadgeRow(badge.slug, badge.name, badge.says, earned_at, so_far, badge.goal)
