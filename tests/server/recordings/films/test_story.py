"""What of a lesson is told on its recording's time line, and of whom nothing is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.classroom.happenings import Happening, Person
from server.recordings.films.story import Recorded, Story, Teller

ORIGIN = datetime(2026, 5, 4, 12, tzinfo=UTC)
PEOPLE = {
    "mira": Person("Mira", "mentor"),
    "lea": Person("Lea", "learner"),
    "jun": Person("Jun", "learner"),
}
TOTAL = 600_000
# Jun did not agree to be recorded.
RECORDED = [
    *(Recorded("mira", source, 0, TOTAL) for source in ("camera", "microphone", "screen")),
    Recorded("lea", "microphone", 0, 300_000),
]


def happening(at_ms: int, kind: str, who: str = "mira", **detail: Any) -> Happening:
    return Happening(ORIGIN + timedelta(milliseconds=at_ms), kind, who, detail)


def told(*happened: Happening, recorded: list[Recorded] | None = None) -> Story:
    return Teller(ORIGIN, happened, recorded or RECORDED, PEOPLE, ["Add", "Subtract"]).story()


def titles(story: Story) -> list[tuple[int, str]]:
    return [(one.at_ms, one.title) for one in story.chapters if one.kind != "start"]


def test_pauses_last_until_the_mentor_goes_on_or_to_the_end() -> None:
    story = told(
        happening(10_000, "recording-pause"),
        happening(20_000, "recording-resume"),
        happening(30_000, "recording-pause"),
        happening(31_000, "recording-pause"),
        happening(40_000, "recording-stop"),
        happening(590_000, "recording-pause"),
    )
    assert story.pauses == ((10_000, 20_000), (30_000, 40_000), (590_000, TOTAL))


@given(
    st.lists(
        st.tuples(
            st.integers(-10_000, 700_000),
            st.sampled_from(["recording-pause", "recording-resume", "recording-stop"]),
        )
    )
)
def test_pauses_are_in_order_and_within_the_film(clicks: list[tuple[int, str]]) -> None:
    pauses = told(*(happening(at, kind) for at, kind in sorted(clicks))).pauses
    edges = [edge for span in pauses for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= first < end <= TOTAL for first, end in pauses)


def test_what_happens_in_a_pause_is_not_told() -> None:
    story = told(
        happening(10_000, "recording-pause"),
        happening(15_000, "moment", label="Between us"),
        happening(18_000, "caption", text="Nobody should read this."),
        happening(20_000, "recording-resume"),
    )
    assert (story.chapters, story.captions) == ((), ())


def test_a_screen_that_comes_back_at_once_is_the_same() -> None:
    story = told(
        happening(100_000, "screen"),
        happening(120_000, "screen-end"),
        happening(140_000, "screen"),
        happening(150_000, "screen-end"),
        happening(300_000, "screen"),
    )
    assert titles(story) == [(100_000, "Mira shares a screen"), (300_000, "Mira shares a screen")]


def test_a_screen_that_is_not_recorded_is_no_chapter() -> None:
    assert told(happening(100_000, "screen", "jun"), happening(200_000, "screen", "lea")).chapters == ()


def test_hands_that_went_down_again_are_answered() -> None:
    story = told(
        happening(60_000, "hand", "lea"),
        happening(70_000, "hand-lowered", "lea"),
        happening(200_000, "hand", "jun"),
        happening(210_000, "hand-lowered", "jun"),
    )
    assert titles(story) == [(60_000, "A question from Lea"), (200_000, "A question")]


def test_slips_and_people_who_left_asked_nothing() -> None:
    story = told(
        happening(60_000, "hand", "lea"),
        happening(61_000, "hand-lowered", "lea"),
        happening(200_000, "hand", "lea"),
        happening(250_000, "hand-lowered", "lea", left=True),
        happening(400_000, "hand", "lea"),
    )
    assert story.chapters == ()


def test_objectives_count_where_they_were_ticked_for_the_last_time() -> None:
    story = told(
        happening(100_000, "objective", index=0, reached=True),
        happening(110_000, "objective", index=0, reached=False),
        happening(200_000, "objective", index=0, reached=True),
        happening(300_000, "objective", index=1, reached=True),
        happening(310_000, "objective", index=1, reached=False),
        happening(320_000, "objective", index=7, reached=True),
    )
    assert titles(story) == [(200_000, "Reached: Add")]


def test_polls_and_moments_say_their_words() -> None:
    story = told(
        happening(100_000, "poll", poll="1", question="Half of\na half?"),
        happening(200_000, "moment", label=""),
        happening(300_000, "moment", label="Remember"),
    )
    assert titles(story) == [
        (100_000, "Poll: Half of a half?"),
        (200_000, "Marked moment"),
        (300_000, "Remember"),
    ]


def test_captions_end_where_they_were_said_and_follow_each_other() -> None:
    story = told(
        happening(5000, "caption", text="One."),
        happening(5500, "caption", text="Two, and many more words."),
        happening(9000, "caption", "lea", text="Yes."),
    )
    assert [(one.from_ms, one.to_ms, one.participant) for one in story.captions] == [
        (4000, 5000, "mira"),
        (5000, 5500, "mira"),
        (8000, 9000, "lea"),
    ]


def test_words_of_somebody_who_is_not_recorded_are_not_written() -> None:
    story = told(
        happening(5000, "caption", "jun", text="I never agreed."),
        happening(290_000, "caption", "lea", text="Still."),
        happening(300_500, "caption", "lea", text="I agree no more."),
    )
    assert [one.text for one in story.captions] == ["Still."]


def test_words_over_the_edge_of_two_segments_are_written() -> None:
    halves = [Recorded("lea", "microphone", 0, 4500), Recorded("lea", "microphone", 4520, 9000)]
    story = told(happening(5000, "caption", "lea", text="Whole."), recorded=halves)
    assert [one.text for one in story.captions] == ["Whole."]
