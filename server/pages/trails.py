"""What the demo's mentors put to their lessons: files, and a pathway. Each is made once."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO

from server.booking import service as booking
from server.booking.models import Offering
from server.edge.access import Viewer
from server.materials.access import files_of
from server.materials.adding import add
from server.materials.values import Phase
from server.pathways import editing, following
from server.pathways.editing import Words
from server.pathways.reading import own_pathways

LESSON = "Read other people’s Python without fear"
FILES: tuple[tuple[Phase, str, str], ...] = (
    (
        Phase.BEFORE,
        "Before we meet.md",
        "# Before we meet\n\n1. Install Python 3.11 or newer.\n2. Open the file `textwrap.py` of its "
        "library, and read it for ten minutes.\n3. Write down the first line that makes no sense.\n",
    ),
    (
        Phase.BEFORE,
        "questions.py",
        '"""Ask a module what it offers, before you read it."""\n\nimport textwrap\n\n'
        'for name in dir(textwrap):\n    if not name.startswith("_"):\n        print(name)\n',
    ),
    (
        Phase.AFTER,
        "How we read it.md",
        "# How we read it\n\nFrom the outside to the inside: the name, who calls it, what it gives "
        "back, and only then the lines in between.\n",
    ),
)
PATHWAY = Words(
    "From a spreadsheet to your own analysis",
    "Four evenings, in any rhythm you like. You begin by looking inside the tools, and end with a "
    "question of your own that you can answer with data.\n\nNo mathematics needed, only patience.",
    "beginner",
)
STEPS = (
    "Python dictionaries from the inside",
    LESSON,
    "SQL joins, drawn on paper",
    "One to one: your own data question",
)
FOLLOWERS = ("lea", "jun")


async def seed_trails(cast: Mapping[str, Viewer]) -> None:
    """Fill in what is missing; nothing where its mentor is not of the demo."""
    mira = cast.get("mira")
    if mira is None:
        return
    await _put_files(mira)
    if not await own_pathways(mira.user_id):
        await _lay_pathway(mira, cast)


async def _put_files(mira: Viewer) -> None:
    for card in await booking.mentor_sessions(mira.user_id, "upcoming"):
        if card.title == LESSON and not await files_of(card.id):
            for phase, name, text in FILES:
                await add(card.id, mira, phase, name, BytesIO(text.encode()))


async def _lay_pathway(mira: Viewer, cast: Mapping[str, Viewer]) -> None:
    taught = {row.title: row.id for row in await Offering.filter(mentor_id=mira.user_id)}
    slug = await editing.create(mira, PATHWAY)
    for title in STEPS:
        if title in taught:
            await editing.add_step(slug, mira, taught[title])
    await editing.publish(slug, mira)
    for name in FOLLOWERS:
        if name in cast:
            await following.follow(slug, cast[name])
