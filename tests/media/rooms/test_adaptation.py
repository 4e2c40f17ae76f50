"""Real sources and sinks, real feedback, a network made of numbers."""

from __future__ import annotations

from media.forward.viewing import Viewing
from media.rooms.adaptation import Key, Standing
from tests.media.forward.link import Link
from tests.media.rooms.lesson import Lesson, Viewer

MIRA, TOM, SCREEN = ("mira", "camera"), ("tom", "camera"), ("mira", "screen")
VOICE = ("mira", "microphone")


def layers(viewer: Viewer, key: Key, since: float) -> set[int | None]:
    return {layer for at, layer in viewer.seen[key] if at > since}


def lesson_of_one(link: Link | None = None, *, tells: bool = True) -> tuple[Lesson, Viewer]:
    """A publisher with voice and camera, running for 3 s, and a viewer who just joined."""
    lesson = Lesson()
    camera, voice = lesson.publisher(), lesson.publisher("audio", (40e3,))
    lesson.run(3)
    viewer = lesson.viewer(link, tells=tells)
    viewer.show(VOICE, voice, lesson.now)
    viewer.show(MIRA, camera, lesson.now)
    return lesson, viewer


def test_a_viewer_with_room_has_the_best_layer_in_a_moment() -> None:
    lesson, viewer = lesson_of_one()
    lesson.run(0.5)
    assert viewer.sinks[MIRA].layer is not None
    lesson.run(4)
    assert viewer.sinks[MIRA].layer == 2
    lesson.run(10)
    assert layers(viewer, MIRA, lesson.now - 10) == {2}


def test_a_capped_viewer_falls_within_five_seconds_and_is_back_within_ten() -> None:
    link = Link()
    lesson, viewer = lesson_of_one(link)
    other = lesson.viewer()
    other.show(MIRA, lesson.publishers[0], lesson.now)
    lesson.run(10)
    link.capacity = 500e3
    lesson.run(5)
    began = lesson.now
    lesson.run(20)
    assert layers(viewer, MIRA, began) == {0}
    assert layers(viewer, VOICE, began) == {0}
    link.capacity = 100e6
    lesson.run(10)
    assert viewer.sinks[MIRA].layer == 2
    assert layers(other, MIRA, began - 8) == {2}


def test_too_little_for_a_picture_leaves_audio_and_the_picture_comes_back() -> None:
    link = Link()
    lesson, viewer = lesson_of_one(link)
    lesson.run(5)
    link.capacity = 120e3
    lesson.run(15)
    assert viewer.sinks[MIRA].layer is None
    assert viewer.sinks[VOICE].layer == 0
    assert viewer.adaptation.lacks(MIRA) == 3
    link.capacity = 100e6
    lesson.run(12)
    assert viewer.sinks[MIRA].layer == 2
    assert viewer.adaptation.lacks(MIRA) == 0


def test_the_size_that_is_shown_caps_the_layer() -> None:
    lesson, viewer = lesson_of_one()
    lesson.run(5)
    viewer.adaptation.view(MIRA, Viewing("auto", 200), viewer.sinks, lesson.now)
    lesson.run(1)
    assert viewer.sinks[MIRA].layer == 0
    assert viewer.adaptation.lacks(MIRA) == 0
    viewer.adaptation.view(MIRA, Viewing("medium"), viewer.sinks, lesson.now)
    lesson.run(1)
    assert viewer.sinks[MIRA].layer == 1


def test_what_is_hidden_is_not_sent() -> None:
    lesson, viewer = lesson_of_one()
    lesson.run(3)
    for key in (MIRA, VOICE):
        viewer.adaptation.view(key, Viewing("off"), viewer.sinks, lesson.now)
    sent = viewer.octets
    lesson.run(2)
    assert viewer.octets == sent
    for key in (MIRA, VOICE):
        viewer.adaptation.view(key, Viewing("auto"), viewer.sinks, lesson.now)
    lesson.run(4)
    assert viewer.sinks[MIRA].layer == 2


def test_who_leads_the_talk_is_seen_best() -> None:
    lesson = Lesson()
    cameras = {name: lesson.publisher() for name in ("ann", "bob", "mira")}
    lesson.run(3)
    viewer = lesson.viewer(Link(capacity=2.9e6), standing=Standing("bob", frozenset({"mira"})))
    for name, camera in cameras.items():
        viewer.show((name, "camera"), camera, lesson.now)
    lesson.run(15)
    assert [name for name in cameras if viewer.sinks[name, "camera"].layer == 2] == ["bob"]
    viewer.standing = Standing(None, frozenset({"mira"}))
    lesson.run(5)
    assert [name for name in cameras if viewer.sinks[name, "camera"].layer == 2] == ["mira"]


def test_a_shared_screen_comes_first_whatever_its_size() -> None:
    lesson = Lesson()
    camera, screen = lesson.publisher(), lesson.publisher(rates=(250e3, 900e3))
    lesson.run(3)
    viewer = lesson.viewer(Link(capacity=1.6e6), standing=Standing("tom", frozenset()))
    viewer.show(TOM, camera, lesson.now)
    viewer.show(SCREEN, screen, lesson.now)
    viewer.adaptation.view(SCREEN, Viewing("auto", 300), viewer.sinks, lesson.now)
    lesson.run(15)
    assert viewer.sinks[SCREEN].layer == 1
    assert viewer.sinks[TOM].layer == 0


def test_a_shared_screen_and_speech_go_on_through_500_kbit() -> None:
    link = Link()
    lesson = Lesson()
    camera, screen = lesson.publisher(), lesson.publisher(rates=(400e3, 1500e3))
    voice = lesson.publisher("audio", (30e3,))
    lesson.run(3)
    viewer = lesson.viewer(link)
    for key, publisher in ((TOM, camera), (SCREEN, screen), (VOICE, voice)):
        viewer.show(key, publisher, lesson.now)
    lesson.run(10)
    link.capacity = 500e3 - 40e3  # less what the packets' outer headers take
    lesson.run(5)
    began = lesson.now
    lesson.run(25)
    assert layers(viewer, SCREEN, began) == {0}
    assert layers(viewer, VOICE, began) == {0}
    assert layers(viewer, TOM, began) == {None}


def test_a_plain_stream_is_tried_and_given_up_where_it_does_not_fit() -> None:
    for capacity, seen in ((100e6, 0), (600e3, None)):
        lesson = Lesson()
        camera = lesson.publisher(rates=(1500e3,))
        lesson.run(3)
        viewer = lesson.viewer(Link(capacity=capacity))
        viewer.show(MIRA, camera, lesson.now)
        lesson.run(0.5)
        assert viewer.sinks[MIRA].layer == 0
        lesson.run(6)
        assert viewer.sinks[MIRA].layer == seen


def test_one_without_feedback_has_everything_until_it_reports_loss() -> None:
    lesson, viewer = lesson_of_one(tells=False)
    lesson.run(3)
    assert viewer.sinks[MIRA].layer == 2
    for _ in range(40):
        viewer.adaptation.on_report(0.5, lesson.now)
        lesson.run(1)
    assert viewer.sinks[MIRA].layer in (None, 0)
    assert viewer.sinks[VOICE].layer == 0


def test_one_whose_own_estimate_is_low_gets_what_fits() -> None:
    lesson, viewer = lesson_of_one(tells=False)
    lesson.run(3)
    viewer.adaptation.on_remb(700e3, lesson.now)
    lesson.run(2)
    assert viewer.sinks[MIRA].layer == 1


def test_feedback_that_was_promised_and_never_comes_is_not_waited_for() -> None:
    lesson, viewer = lesson_of_one(Link(loss=1.0))
    lesson.run(12)
    assert not viewer.adaptation.estimate.told
    assert viewer.sinks[MIRA].layer == 2
