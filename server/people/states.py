"""Where the review of a mentor's profile stands, and the moves that are allowed."""

from __future__ import annotations

from enum import StrEnum

from server.infra.errors import Conflict


class MentorStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    SUSPENDED = "suspended"


MOVES: dict[MentorStatus, frozenset[MentorStatus]] = {
    MentorStatus.DRAFT: frozenset({MentorStatus.SUBMITTED}),
    MentorStatus.SUBMITTED: frozenset(
        {MentorStatus.APPROVED, MentorStatus.REJECTED, MentorStatus.CHANGES_REQUESTED}
    ),
    MentorStatus.CHANGES_REQUESTED: frozenset({MentorStatus.SUBMITTED}),
    MentorStatus.APPROVED: frozenset({MentorStatus.SUSPENDED}),
    MentorStatus.REJECTED: frozenset({MentorStatus.SUBMITTED}),
    MentorStatus.SUSPENDED: frozenset({MentorStatus.APPROVED}),
}

REVIEWED = frozenset(
    {
        MentorStatus.APPROVED,
        MentorStatus.REJECTED,
        MentorStatus.CHANGES_REQUESTED,
        MentorStatus.SUSPENDED,
    }
)


def require_move(old: MentorStatus, new: MentorStatus) -> None:
    """Raises Conflict (`wrong_state`) for a move that is not in the table."""
    if new not in MOVES[old]:
        raise Conflict(message=f"A profile that is {old} can't become {new}.")
