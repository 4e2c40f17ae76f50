"""What the demo's learners said of lessons, and what mentors answered and left them with. Texts only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server.booking import service as booking
from server.classroom.teaching.desk import Ending
from server.classroom.teaching.saving import save_ending
from server.edge.access import Viewer
from server.feedback.forms import Aspects, ReviewForm
from server.feedback.history import record_past_review


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """One review. `aspects`: clear, prepared, helpful; `days` after the lesson it was given."""

    learner: str
    rating: int
    aspects: tuple[int, int, int]
    comment: str = ""
    technical: int | None = None
    note: str = ""
    reply: str = ""
    days: int = 1


OPINIONS: dict[str, tuple[Opinion, ...]] = {
    "Python dictionaries from the inside": (
        Opinion(
            learner="lea",
            rating=5,
            aspects=(5, 5, 5),
            technical=4,
            comment="The paper model of the table did it for me: I finally know why a list can’t be "
            "a key. Small group, and time for every question.",
            note="Could you send the template of the paper cards?",
            reply="Thank you, Lea! The cards are among the materials now.",
        ),
        Opinion(learner="jun", rating=4, aspects=(5, 4, 4), technical=2, comment="Clear and calm. A bit "
                "fast where it came to probing; I went through the recording of my notes again."),
    ),
    "Debug a web page like a detective": (
        Opinion(learner="amara", rating=5, aspects=(5, 5, 5), technical=5,
                comment="Five broken pages, and I found three of them myself. I have used the network "
                "panel every day since."),
        Opinion(learner="jun", rating=5, aspects=(4, 5, 5), comment="Funny and exact at the same time.",
                reply="The fourth suspect sends his regards."),
        Opinion(learner="lea", rating=3, aspects=(4, 4, 3), technical=3, comment="Good cases, but with "
                "eight of us I had to wait for my turn.", days=2),
    ),
    "Averages that lie": (
        Opinion(learner="amara", rating=5, aspects=(5, 5, 4), technical=5,
                comment="I have stopped believing charts at work, and I can say why.", days=3),
    ),
}  # fmt: skip

LEFT_WITH: dict[str, tuple[str, str]] = {
    "Python dictionaries from the inside": (
        "A key’s hash says where to look, so it must never change.\nOrder is that of insertion, and "
        "costs nothing.\nWhen you only ever ask “is it in there?”, take a set.",
        "Find one list in your own code in which you search, and make a dict of it. Measure before and "
        "after.",
    ),
    "Debug a web page like a detective": (
        "Read the waterfall from the top: the first long bar is the first suspect.\nA layout shift has "
        "an address: the panel names the element.",
        "",
    ),
}  # fmt: skip


async def leave_words(title: str, session_id: UUID, mentor: Viewer, cast: dict[str, Viewer]) -> None:
    """What the mentor left them with, and what they said of it."""
    session = await booking.get_session(session_id, mentor)
    over_at, all_of_it = session.ends_at, set(range(len(session.objectives)))
    if title in LEFT_WITH:
        await save_ending(session_id, Ending(all_of_it, *LEFT_WITH[title]), over_at)
    for one in OPINIONS.get(title, ()):
        if one.learner in cast:
            at = over_at + timedelta(days=one.days)
            await record_past_review(session_id, cast[one.learner], _form(one), at, one.reply)


def _form(one: Opinion) -> ReviewForm:
    clear, prepared, helpful = one.aspects
    return ReviewForm(
        rating=one.rating,
        aspects=Aspects(clear=clear, prepared=prepared, helpful=helpful),
        technical=one.technical,
        comment=one.comment,
        private_note=one.note,
    )
