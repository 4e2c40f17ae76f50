"""What the demo's people wrote to each other, so that messages and reports have something to show."""

from __future__ import annotations

from collections.abc import Mapping

from server.edge.access import Viewer
from server.messages import reports
from server.messages.circles import with_person
from server.messages.states import Reason
from server.messages.writing import NewMessage, Sent, write

LETTERS: tuple[tuple[str, str, str], ...] = (
    (
        "lea",
        "mira",
        "Hello Mira, I liked the last lesson very much. What shall I practise until the next?",
    ),
    ("mira", "lea", "Hello Lea, I am glad! Take one of your notebooks and find three lines that repeat."),
    (
        "mira",
        "lea",
        "https://docs.python.org/3/tutorial/controlflow.html#defining-functions helps with it.",
    ),
    ("lea", "mira", "Found five. One of them I don’t understand any more myself…"),
    ("mira", "lea", "That is the one we begin with."),
    ("jun", "lea", "Shall we go through the exercises together before Thursday?"),
)
UNWANTED = ("amara", "lea", "BUY 500 FOLLOWERS NOW!!! Cheap, and nobody will ever know.")


async def seed_letters(cast: Mapping[str, Viewer]) -> None:
    """Those that are missing. What is there already is known by its key."""
    for number, (sender, to, text) in enumerate(LETTERS):
        await _send(cast, sender, to, text, f"demo-{number}")
    sender, to, text = UNWANTED
    sent = await _send(cast, sender, to, text, "demo-unwanted")
    if sent is not None and sent.new:
        await reports.report(cast[to], sent.line.id, Reason.SPAM, "I never asked for this.")


async def _send(cast: Mapping[str, Viewer], sender: str, to: str, text: str, key: str) -> Sent | None:
    if sender not in cast or to not in cast:
        return None
    return await write(
        cast[sender], await with_person(cast[sender], to), NewMessage(text, client_key=key)
    )
