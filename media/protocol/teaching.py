"""What a lesson is taught with, on the wire: polls, timer, shared notes, whiteboard, objectives,
captions.

Everything that is kept is said when it is stored; `lesson` and `board` say it all right after `joined`.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from media.protocol.codec import Message
from media.protocol.messages import Id

POLL_QUESTION_LIMIT = 300  # characters; the column's
POLL_ANSWER_LIMIT = 120  # characters
POLL_ANSWERS_MOST = 8
POLLS_MOST = 50  # in a lesson
TIMER_MOST_S = 3 * 3600
TIMER_LABEL_LIMIT = 80  # characters; the column's
NOTE_LIMIT = 5000  # characters of a paragraph
NOTES_MOST = 500  # paragraphs
NOTES_LIMIT = 80_000  # characters of all: they travel in one frame
BOARD_WIDTH = 1600
BOARD_HEIGHT = 900
STROKE_POINTS = 400
BOARD_TEXT_LIMIT = 300  # characters
BOARD_ITEMS_MOST = 2000
WRAP_UP_LIMIT = 5000  # characters
CAPTION_LIMIT = 500  # characters

TOP = "top"  # as `after` of a paragraph: before all others

PollAction = Literal["ask", "close", "show", "remove"]
NoteOp = Literal["put", "remove"]
BoardOp = Literal["add", "remove", "restore", "clear"]
Colour = Literal["ink", "red", "amber", "green", "blue", "violet"]
Width = Literal["thin", "medium", "thick"]
Size = Literal["small", "medium", "large"]

# No control characters but tab and line feed: databases refuse some, and frames grow by others.
PLAIN = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
ONE_LINE = r"^[^\x00-\x1f\x7f]*$"


def _words(most: int, least: int = 0) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most, pattern=ONE_LINE)


def _different(answers: list[str]) -> list[str]:
    if len({answer.casefold() for answer in answers}) < len(answers):
        raise ValueError("two answers are the same")
    return answers


def _pairs(points: list[float]) -> list[float]:
    if len(points) % 2:
        raise ValueError("a coordinate is missing")
    if any(y > BOARD_HEIGHT for y in points[1::2]):
        raise ValueError("a point lies below the board")
    return points


Key = Annotated[str, AfterValidator(lambda value: str(UUID(value)))]  # made by browsers
Text = Annotated[str, StringConstraints(max_length=NOTE_LIMIT, pattern=PLAIN)]
LongText = Annotated[str, StringConstraints(max_length=WRAP_UP_LIMIT, pattern=PLAIN)]
Answer = Annotated[str, _words(POLL_ANSWER_LIMIT, 1)]
X = Annotated[float, Field(strict=True, ge=0, le=BOARD_WIDTH, allow_inf_nan=False)]
Y = Annotated[float, Field(strict=True, ge=0, le=BOARD_HEIGHT, allow_inf_nan=False)]
Version = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]


# --- polls


class PollView(Message):
    """A poll as its reader may see it. `mine` are the numbers of the answers they chose; `counts` is
    None until the results are shown, but for mentors. A `removed` one is to be forgotten."""

    id: Id
    question: str
    answers: list[str]
    many: bool
    asked_at: str
    closed_at: str | None = None
    shown_at: str | None = None
    mine: list[int] = Field(default_factory=list)
    counts: list[int] | None = None
    votes: int = 0
    removed: bool = False


class PollSend(Message):
    """A mentor's word: `ask` has the question and the answers, the others name a poll."""

    type: Literal["poll"] = "poll"
    action: PollAction
    poll: Key | None = None
    question: Annotated[str, _words(POLL_QUESTION_LIMIT, 1)] | None = None
    answers: Annotated[
        list[Answer], Field(min_length=2, max_length=POLL_ANSWERS_MOST), AfterValidator(_different)
    ] = Field(default_factory=list)
    many: bool = False


class PollSaid(Message):
    type: Literal["poll"] = "poll"
    poll: PollView


class PollVoteSend(Message):
    """Take the numbers of the answers as mine, in place of those before; none takes the vote back."""

    type: Literal["poll-vote"] = "poll-vote"
    poll: Key
    chosen: Annotated[
        list[Annotated[int, Field(strict=True, ge=0, lt=POLL_ANSWERS_MOST)]],
        Field(max_length=POLL_ANSWERS_MOST),
    ]


# --- the timer


class TimerSend(Message):
    """`seconds` from now; 0 stops it."""

    type: Literal["timer"] = "timer"
    seconds: Annotated[int, Field(strict=True, ge=0, le=TIMER_MOST_S)]
    label: Annotated[str, _words(TIMER_LABEL_LIMIT)] = ""


class TimerView(Message):
    ends_at: str | None = None
    label: str = ""


class TimerSaid(TimerView):
    """`now` is the server's clock, by which everybody counts."""

    type: Literal["timer"] = "timer"
    now: str


# --- shared notes


class NoteView(Message):
    """A paragraph; `place` orders them as text. `by` is who wrote last, by name."""

    id: Id
    place: str
    text: str
    version: int
    by: str
    removed: bool = False


class NoteSend(Message):
    """`version` is the one that was changed, 0 for a new paragraph, which stands `after` another, at the
    `"top"`, or last. A removed paragraph comes back with `put`."""

    type: Literal["note"] = "note"
    op: NoteOp
    id: Key
    text: Text = ""
    after: Literal["top"] | Key | None = None
    version: Version = 0


class NoteSaid(NoteView):
    type: Literal["note"] = "note"


# --- the whiteboard, 1600 × 900


class _Drawn(Message):
    colour: Colour = "ink"
    width: Width = "medium"


class PenItem(_Drawn):
    """`points` are x and y in turn; one point is a dot."""

    kind: Literal["pen"] = "pen"
    points: Annotated[list[X], Field(min_length=2, max_length=2 * STROKE_POINTS), AfterValidator(_pairs)]


class LineItem(_Drawn):
    kind: Literal["line", "arrow"]
    x1: X
    y1: Y
    x2: X
    y2: Y


class ShapeItem(_Drawn):
    """By two opposite corners of the rectangle, or of the one that the ellipse fills."""

    kind: Literal["rectangle", "ellipse"]
    x1: X
    y1: Y
    x2: X
    y2: Y


class TextItem(Message):
    """`x`, `y`: where the first line begins, at its top."""

    kind: Literal["text"] = "text"
    x: X
    y: Y
    text: Annotated[str, StringConstraints(min_length=1, max_length=BOARD_TEXT_LIMIT, pattern=PLAIN)]
    size: Size = "medium"
    colour: Colour = "ink"


Item = Annotated[PenItem | LineItem | ShapeItem | TextItem, Field(discriminator="kind")]


class BoardEntry(Message):
    """`by` is the participant who drew it."""

    id: Id
    by: Id
    item: Item


class WhiteboardSend(Message):
    """`add` with the id of one's own item changes that one. `restore` brings one's own removed item back;
    without an id, what was removed last (mentors)."""

    type: Literal["whiteboard"] = "whiteboard"
    op: BoardOp
    id: Key | None = None
    item: Item | None = None


class WhiteboardSaid(Message):
    """`by` is who did it, `owner` who drew the item."""

    type: Literal["whiteboard"] = "whiteboard"
    op: BoardOp
    by: Id
    id: Id | None = None
    owner: Id | None = None
    item: Item | None = None


class BoardSaid(Message):
    """Everything on the whiteboard, oldest first."""

    type: Literal["board"] = "board"
    items: list[BoardEntry]


# --- the lesson's end, and the whole


class ObjectiveSend(Message):
    type: Literal["objective"] = "objective"
    index: Annotated[int, Field(strict=True, ge=0, le=100)]
    reached: bool


class ObjectiveSaid(Message):
    type: Literal["objective"] = "objective"
    index: int
    reached: bool


class ObjectiveView(Message):
    text: str
    reached: bool


class WrapUpView(Message):
    takeaways: str = ""
    homework: str = ""


class WrapUpSend(Message):
    type: Literal["wrapup"] = "wrapup"
    takeaways: LongText
    homework: LongText


class WrapUpSaid(WrapUpView):
    type: Literal["wrapup"] = "wrapup"


class LessonSaid(Message):
    """All that the lesson is taught with, but for the whiteboard; it replaces what was known."""

    type: Literal["lesson"] = "lesson"
    now: str
    polls: list[PollView]
    timer: TimerView
    notes: list[NoteView]
    objectives: list[ObjectiveView]
    wrapup: WrapUpView


# --- captions


class CaptionSend(Message):
    """What somebody says, as their browser writes it down; the `final` words of a sentence are kept."""

    type: Literal["caption"] = "caption"
    text: Annotated[str, _words(CAPTION_LIMIT, 1)]
    final: bool = False
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$")] = "en"


class CaptionSaid(Message):
    type: Literal["caption"] = "caption"
    participant: Id
    text: str
    final: bool
    language: str


FROM_BROWSERS: tuple[type[Message], ...] = (
    PollSend,
    PollVoteSend,
    TimerSend,
    NoteSend,
    WhiteboardSend,
    ObjectiveSend,
    WrapUpSend,
    CaptionSend,
)
TO_BROWSERS: tuple[type[Message], ...] = (
    LessonSaid,
    BoardSaid,
    PollSaid,
    TimerSaid,
    NoteSaid,
    WhiteboardSaid,
    ObjectiveSaid,
    WrapUpSaid,
    CaptionSaid,
)
