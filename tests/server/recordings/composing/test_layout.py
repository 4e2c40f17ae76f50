from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from server.recordings.composing.layout import GRID, Rect, Scene, arrange, fit
from server.recordings.composing.lesson import Moment

PEOPLE = ("ada", "bob", "cem", "dora", "eve", "finn")
SIDES = st.integers(80, 1000).map(lambda half: half * 2)
SPEAKERS = st.sampled_from((*PEOPLE, "gone", None))


@st.composite
def moments(draw: st.DrawFn) -> Moment:
    present = tuple(one for one in PEOPLE if draw(st.booleans()))
    cameras = tuple(one for one in present if draw(st.booleans()))
    screens = tuple(one for one in present if draw(st.booleans()))
    return Moment(draw(st.booleans()), present, cameras, screens)


def apart(one: Rect, other: Rect) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return beside or one.y + one.height <= other.y or other.y + other.height <= one.y


@given(moments(), SPEAKERS, SIDES, SIDES, st.booleans())
def test_tiles_lie_within_the_picture_apart_and_on_even_pixels(
    moment: Moment, speaker: str | None, width: int, height: int, grid: bool
) -> None:
    scene = arrange(moment, speaker, width, height, grid=grid)
    for tile in scene.tiles:
        x, y, wide, tall = tile.rect
        assert not any(length % 2 for length in tile.rect)
        assert x >= 0 and y >= 0 and wide > 0 and tall > 0
        assert x + wide <= width and y + tall <= height
    assert all(apart(one.rect, other.rect) for one, other in combinations(scene.tiles, 2))


@given(moments(), SPEAKERS, st.booleans())
def test_nobody_is_shown_who_is_not_there(moment: Moment, speaker: str | None, grid: bool) -> None:
    scene = arrange(moment, speaker, 1280, 720, grid=grid)
    assert {tile.participant for tile in scene.tiles} <= set(moment.present)
    assert bool(scene.card) == (moment.paused or not moment.present)


@given(moments(), st.sampled_from(PEOPLE), st.booleans())
def test_who_speaks_is_shown(moment: Moment, speaker: str, grid: bool) -> None:
    scene = arrange(moment, speaker, 1280, 720, grid=grid)
    if speaker in moment.present and not scene.card:
        assert (speaker, "camera") in [(tile.participant, tile.source) for tile in scene.tiles]


@given(st.integers(1, 4000), st.integers(1, 4000), SIDES, SIDES)
def test_a_picture_keeps_its_form_and_touches_two_sides(
    width: int, height: int, wide: int, tall: int
) -> None:
    into = Rect(10, 20, wide, tall)
    x, y, w, h = fit(width, height, into)
    assert x >= 10 and y >= 20 and x + w <= 10 + wide and y + h <= 20 + tall
    assert w == wide or h == tall
    assert not (w % 2 or h % 2)
    scale = min(wide / width, tall / height)
    assert abs(w - width * scale) <= 2 and abs(h - height * scale) <= 2


def test_a_screen_has_most_of_the_picture_and_the_speaker_the_rest() -> None:
    moment = Moment(present=("ada", "bob"), cameras=("ada", "bob"), screens=("ada",))
    screen, face = arrange(moment, "bob", 1280, 720).tiles
    assert (screen.participant, screen.source, screen.rect) == ("ada", "screen", Rect(0, 0, 1024, 720))
    assert (face.participant, face.source, face.rect) == ("bob", "camera", Rect(1024, 264, 256, 192))


def test_without_a_screen_the_speaker_fills_the_picture() -> None:
    moment = Moment(present=("ada", "bob"), cameras=("ada",))
    (tile,) = arrange(moment, "bob", 1280, 720).tiles
    assert tile == ("bob", "camera", Rect(0, 0, 1280, 720))


def test_before_anybody_spoke_somebody_with_a_camera_is_shown() -> None:
    moment = Moment(present=("ada", "bob"), cameras=("bob",))
    assert arrange(moment, None, 1280, 720).tiles[0].participant == "bob"
    assert arrange(moment, "gone", 1280, 720).tiles[0].participant == "bob"


def test_a_grid_shows_four_with_the_speaker_among_them() -> None:
    moment = Moment(present=PEOPLE, cameras=PEOPLE)
    tiles = arrange(moment, "finn", 1280, 720, grid=True).tiles
    assert len(tiles) == GRID
    assert [tile.participant for tile in tiles] == ["ada", "bob", "cem", "finn"]


def test_of_three_the_last_stands_in_the_middle() -> None:
    moment = Moment(present=PEOPLE[:3], cameras=PEOPLE[:3])
    assert [tile.rect for tile in arrange(moment, None, 1280, 720, grid=True).tiles] == [
        Rect(0, 0, 640, 360),
        Rect(640, 0, 640, 360),
        Rect(320, 360, 640, 360),
    ]


def test_a_pause_and_an_empty_room_are_cards() -> None:
    assert arrange(Moment(paused=True), "ada", 1280, 720) == Scene(card="paused")
    assert arrange(Moment(), "ada", 1280, 720) == Scene(card="title")
