from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.recordings.composing.job import Speaking
from server.recordings.composing.speaking import HOLD_MS, SILENT_DB, SpeakerChoice, ToldSpeaker

STEP = 40
LOUD, SOFT = -20.0, -30.0


def spoken(levels: Iterable[dict[str, float]]) -> list[str | None]:
    choice = SpeakerChoice()
    return [choice.hear(now, (place + 1) * STEP) for place, now in enumerate(levels)]


def talk(ada: float, bob: float, ms: int) -> list[dict[str, float]]:
    return [{"ada": ada, "bob": bob}] * (ms // STEP)


def test_nobody_speaks_in_silence() -> None:
    assert set(spoken(talk(SILENT_DB, -60.0, 5000))) == {None}


def test_who_speaks_is_known_after_half_a_second() -> None:
    found = spoken(talk(LOUD, SILENT_DB, 2000))
    assert found.index("ada") * STEP <= 560


def test_a_cough_changes_nothing() -> None:
    quiet = talk(LOUD, SILENT_DB, 3000)
    found = spoken([*quiet, *talk(SILENT_DB, LOUD, 120), *quiet])
    assert set(found[20:]) == {"ada"}


def test_who_spoke_last_stays_through_silence() -> None:
    assert spoken([*talk(LOUD, SILENT_DB, 1000), *talk(SILENT_DB, SILENT_DB, 9000)])[-1] == "ada"


def test_an_answer_changes_the_speaker() -> None:
    found = spoken([*talk(LOUD, SILENT_DB, 3000), *talk(SILENT_DB, SOFT, 2000)])
    assert found[74] == "ada" and found[-1] == "bob"


def test_who_is_not_louder_does_not_interrupt() -> None:
    assert spoken([*talk(LOUD, SILENT_DB, 3000), *talk(LOUD, LOUD + 3, 3000)])[-1] == "ada"


def test_who_shouts_interrupts() -> None:
    assert spoken([*talk(SOFT, SILENT_DB, 3000), *talk(SOFT, LOUD, 3000)])[-1] == "bob"


def test_who_left_is_forgotten_when_somebody_speaks() -> None:
    alone = [{"bob": SOFT}] * 100
    assert spoken([*talk(LOUD, SILENT_DB, 3000), *alone])[-1] == "bob"


LEVELS = st.sampled_from((SILENT_DB, -50.0, SOFT, LOUD, 0.0))


@given(st.lists(st.fixed_dictionaries({"ada": LEVELS, "bob": LEVELS, "cem": LEVELS}), max_size=400))
def test_pictures_are_held(levels: list[dict[str, float]]) -> None:
    found = spoken(levels)
    changes = [at for at in range(1, len(found)) if found[at] != found[at - 1]]
    assert all((b - a) * STEP >= HOLD_MS for a, b in pairwise(changes))


def span(participant: str, from_ms: int, to_ms: int) -> Speaking:
    return Speaking(participant=participant, from_ms=from_ms, to_ms=to_ms)


def told(*spans: Speaking, until: int = 20_000) -> dict[int, str | None]:
    told_speaker = ToldSpeaker(spans)
    return {ms: told_speaker.at(ms) for ms in range(0, until, STEP)}


def test_the_noted_speaker_is_shown_and_stays_through_silence() -> None:
    found = told(span("ada", 1000, 2000), span("bob", 6000, 7000))
    assert [found[ms] for ms in (0, 1000, 5000, 6000, 19_000)] == [None, "ada", "ada", "bob", "bob"]


def test_who_goes_on_after_an_interruption_is_shown_again() -> None:
    found = told(span("ada", 0, 15_000), span("bob", 4000, 8000))
    assert [found[ms] for ms in (3960, 4000, 7960, 8000)] == ["ada", "bob", "bob", "ada"]


def test_a_short_interruption_is_not_shown_while_a_picture_is_held() -> None:
    found = told(span("ada", 1000, 2000), span("bob", 2000, 2400), span("ada", 2400, 9000))
    assert found[2000] == "ada" and found[8000] == "ada"
