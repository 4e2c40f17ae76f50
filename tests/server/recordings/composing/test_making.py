"""Films of short lessons: what is seen and heard, and when."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from PIL import Image

from server.recordings.composing.errors import BadJob, Busy, NotWritten, Stopped
from server.recordings.composing.job import Caption, Chapter, Composed, Job, Pause, Speaking
from server.recordings.composing.making import make
from tests.server.recordings.composing import watching
from tests.server.recordings.composing.tapes import Tapes, flashing, pictures, sounds

LIPS_MS = 80.0  # between a flash and its beep


@pytest.fixture
def tapes(tmp_path: Path) -> Tapes:
    return Tapes(tmp_path)


def composed(job: Job) -> Composed:
    return make(job, lambda done: None, lambda: False)


def check_in_step(film: Path, moments: list[int]) -> None:
    flashes, beeps = watching.flashes(film), watching.beeps(film)
    assert len(flashes) == len(beeps) == len(moments), (flashes, beeps)
    for flash, beep, at in zip(flashes, beeps, moments, strict=True):
        assert abs(flash - beep) <= LIPS_MS
        assert abs(flash - at) <= LIPS_MS and abs(beep - at) <= LIPS_MS


def test_flash_and_beep_stay_together_and_in_their_place(tapes: Tapes) -> None:
    moments = [600, 1800, 3000]
    tapes.person("ada", moments, 4000)
    made = composed(tapes.job())
    check_in_step(made.film, moments)


def test_a_gap_in_the_sound_moves_nothing(tapes: Tapes) -> None:
    """Discontinuous transmission: packets are missing, their time is not."""
    moments = [600, 3000]
    tapes.add("ada", "camera", pictures(flashing(moments), 4000))
    sent = [one for one in sounds(moments, 4000) if not 1000 <= one.ms < 2700]
    tapes.add("ada", "microphone", sent)
    made = composed(tapes.job())
    check_in_step(made.film, moments)
    assert watching.loudest(made.film, 1100, 2600) < 0.01


def test_who_comes_late_is_in_step(tapes: Tapes) -> None:
    tapes.person("ada", [400], 1000)
    tapes.person("bob", [2100, 3300], 2400, start_ms=1480)
    made = composed(tapes.job())
    check_in_step(made.film, [400, 2100, 3300])


def test_a_track_in_two_segments_goes_on(tapes: Tapes) -> None:
    """A node died at 1.5 s; another one has the room at 2.2 s."""
    tapes.person("ada", [600], 1500)
    tapes.person("ada", [2600, 3300], 2000, start_ms=2200)
    made = composed(tapes.job())
    check_in_step(made.film, [600, 2600, 3300])
    assert watching.seen_at(made.film, 1800).max() > 150  # the title stands in the gap


def test_a_layer_switch_changes_the_size_and_nothing_else(tapes: Tapes) -> None:
    moments = [600, 1500, 2400]
    sizes = {0: (320, 180), 1000: (160, 90), 2000: (180, 320)}
    tapes.add("ada", "camera", pictures(flashing(moments, 90), 3000, sizes=sizes))
    tapes.add("ada", "microphone", sounds(moments, 3000))
    made = composed(tapes.job())
    check_in_step(made.film, moments)
    small, upright = (watching.seen_at(made.film, ms)[0:120] for ms in (1400, 2200))
    assert small.min() > 70  # it fills the picture
    assert upright[:, :100].max() < 40 and upright[:, 140:180].min() > 70  # letterboxed


def test_a_broken_packet_leaves_the_last_good_picture(tapes: Tapes) -> None:
    moments = [600, 2400]
    shown = pictures(flashing(moments, 90), 3000, sizes={0: (320, 180), 2000: (320, 180)})
    for one in shown:
        if one.ms in (1000, 1040, 1480):
            one.data = b"\xff" * 9
    heard = sounds(moments, 3000)
    for one in heard:
        if 1200 <= one.ms < 1300:
            one.data = b"\xff\xff\x01"
    tapes.add("ada", "camera", shown)
    tapes.add("ada", "microphone", heard)
    made = composed(tapes.job())
    check_in_step(made.film, moments)
    assert watching.seen_at(made.film, 1200)[:120].min() > 70


def test_a_file_that_is_cut_off_is_shown_as_far_as_it_goes(tapes: Tapes) -> None:
    tapes.person("ada", [600, 1500], 3000)
    camera = tapes.segments[0].path
    camera.write_bytes(camera.read_bytes()[: camera.stat().st_size * 2 // 3])
    made = composed(tapes.job())
    assert watching.flashes(made.film)[0] == pytest.approx(600, abs=LIPS_MS)
    assert watching.beeps(made.film) == pytest.approx([600, 1500], abs=LIPS_MS)


def test_a_file_of_rubbish_is_counted_and_left_out(tapes: Tapes) -> None:
    tapes.person("ada", [600], 1000)
    tapes.person("bob", [300], 1000)
    tapes.segments[3].path.write_bytes(b"rubbish" * 500)
    made = composed(tapes.job())
    assert made.unreadable == 1
    check_in_step(made.film, [600])


def test_nothing_readable_is_a_bad_job_and_leaves_nothing(tapes: Tapes) -> None:
    tapes.person("ada", [600], 1000)
    for one in tapes.segments:
        one.path.write_bytes(b"rubbish")
    with pytest.raises(BadJob, match="none"):
        composed(tapes.job())
    assert sorted(path.name for path in tapes.folder.iterdir()) == ["0.webm", "1.webm"]


def test_segments_that_are_not_there_are_a_bad_job(tapes: Tapes) -> None:
    tapes.person("ada", [600], 400)
    tapes.segments[1].path.unlink()
    with pytest.raises(BadJob, match="1 of 2 segments"):
        composed(tapes.job())


def test_the_speaker_stands_beside_the_screen(tapes: Tapes) -> None:
    tapes.add("ada", "camera", pictures(lambda ms: 80, 3000))
    tapes.add("ada", "screen", pictures(lambda ms: 160, 2000), start_ms=1000)
    made = composed(tapes.job())
    before, after = (watching.seen_at(made.film, ms) for ms in (800, 1500))
    assert abs(float(before[:100].mean()) - 80) < 10
    assert abs(float(after[30:150, 4:250].mean()) - 160) < 10
    assert abs(float(after[76:90, 262:314].mean()) - 80) < 20


def test_the_picture_follows_who_speaks(tapes: Tapes) -> None:
    for person, luma, said in (("ada", 60, [500, 800, 1100]), ("bob", 200, [3500, 3800, 4100, 4400])):
        tapes.add(person, "camera", pictures(lambda ms, luma=luma: luma, 5000))
        tapes.add(person, "microphone", sounds(said, 5000))
    made = composed(tapes.job())
    seen = {ms: float(watching.seen_at(made.film, ms)[:100].mean()) for ms in (1000, 3000, 4800)}
    assert seen[1000] < 80 and seen[3000] < 80 and seen[4800] > 180
    noted = Speaking(participant="bob", from_ms=0, to_ms=5000)
    told = composed(tapes.job(speaking=[noted]))
    assert watching.seen_at(told.film, 1000)[:100].mean() > 180


def test_who_has_no_camera_is_shown_by_initials(tapes: Tapes) -> None:
    tapes.add("ada", "microphone", sounds([300], 1000))
    made = composed(tapes.job())
    seen = watching.seen_at(made.film, 900)
    assert seen[60:120, 130:190].max() > 180  # letters
    assert seen[:20].max() < 60  # nothing else


def test_a_pause_is_a_card_of_its_length(tapes: Tapes) -> None:
    """What follows keeps its place, and nothing of the pause is seen or heard."""
    moments = [500, 1500, 2600]
    tapes.person("ada", moments, 3000)
    made = composed(tapes.job(pauses=[Pause(from_ms=1000, to_ms=2000)]))
    check_in_step(made.film, [500, 2600])
    assert made.duration_ms == 3000


def test_a_picture_that_stays_is_not_written_again_and_again(tapes: Tapes) -> None:
    tapes.add("ada", "microphone", sounds([300], 6000))
    made = composed(tapes.job())
    assert len(list(watching.pictures(made.film))) <= 5
    assert float(watching.probe(made.film)["format"]["duration"]) == pytest.approx(6, abs=0.1)


def test_the_film_says_what_it_is(tapes: Tapes) -> None:
    tapes.person("ada", [600], 2000)
    chapters = [Chapter(at_ms=1200, title="Poll: ½ + ¼"), Chapter(at_ms=9000, title="too late")]
    captions = [Caption(from_ms=100, to_ms=900, name="Ada", text="Hello")]
    made = composed(tapes.job(chapters=chapters, captions=captions))
    told = watching.probe(made.film)
    assert made.film == tapes.folder / "lesson.mp4"
    kinds = [(one["codec_name"], one["codec_type"]) for one in told["streams"]]
    assert kinds[:2] == [("h264", "video"), ("aac", "audio")]
    assert float(told["format"]["duration"]) == pytest.approx(2.0, abs=0.06)
    assert told["format"]["tags"]["title"] == "Fractions"
    assert [(one["start_time"], one["tags"]["title"]) for one in told["chapters"]] == [
        ("0.000000", "Fractions"),
        ("1.200000", "Poll: ½ + ¼"),
    ]
    assert made.captions is not None and "<v Ada>Hello" in made.captions.read_text()
    head = made.film.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")  # plays before all of it is there
    with Image.open(made.poster) as poster:
        assert (poster.format, poster.size) == ("JPEG", (320, 180))


def test_a_jump_to_a_chapter_lands_on_it(tapes: Tapes) -> None:
    tapes.person("ada", [600], 3000)
    made = composed(tapes.job(chapters=[Chapter(at_ms=1720, title="x")]))
    with av.open(str(made.film)) as container:
        keys = [
            packet.pts * packet.time_base for packet in container.demux(video=0) if packet.is_keyframe
        ]
    assert 1.72 in [float(at) for at in keys]


def test_without_those_encoders_it_is_webm(tapes: Tapes, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [600, 1500]
    tapes.person("ada", moments, 2000)
    monkeypatch.setattr(av, "codecs_available", {"libvpx", "libopus"})
    made = composed(tapes.job(chapters=[Chapter(at_ms=1000, title="x")]))
    check_in_step(made.film, moments)
    told = watching.probe(made.film)
    assert made.film.suffix == ".webm" and made.media_type == "video/webm"
    assert [one["codec_name"] for one in told["streams"]] == ["vp8", "opus"]
    assert len(told["chapters"]) == 2
    with pytest.raises(BadJob, match="encoder"):
        composed(tapes.job(codecs="h264"))


def test_a_drifting_sound_card_stays_in_step(tapes: Tapes) -> None:
    """The node holds times to its clock: packets of a fast card come sooner than they last."""
    moments = [600, 9000, 18_000]
    fast = 0.999  # 1000 ppm: 18 ms by the end
    tapes.add("ada", "camera", pictures(flashing(moments), 19_000))
    heard = sounds([round(at / fast) for at in moments], 19_000)
    for one in heard:
        one.ms = round(one.ms * fast)
    tapes.add("ada", "microphone", heard)
    made = composed(tapes.job())
    check_in_step(made.film, moments)
    assert watching.beeps(made.film) == pytest.approx(moments, abs=15)


def test_whoever_is_told_to_stop_leaves_nothing(tapes: Tapes) -> None:
    tapes.person("ada", [600], 2000)
    done: list[int] = []
    with pytest.raises(Stopped):
        make(tapes.job(), done.append, lambda: bool(done))
    assert not list(tapes.folder.glob("lesson*"))


def test_two_do_not_write_the_same_film(tapes: Tapes) -> None:
    tapes.person("ada", [600], 1000)

    def second(done: int) -> None:
        with pytest.raises(Busy):
            make(tapes.job(), lambda done: None, lambda: False, wait_s=0)

    made = make(tapes.job(), second, lambda: False)
    check_in_step(made.film, [600])


def test_what_a_crash_left_is_begun_anew(tapes: Tapes) -> None:
    tapes.person("ada", [600], 1000)
    (tapes.folder / "lesson.mp4.part").write_bytes(b"half a film" * 1000)
    made = composed(tapes.job())
    check_in_step(made.film, [600])
    assert not list(tapes.folder.glob("*.part"))


def test_a_place_that_can_not_be_written_is_said(tapes: Tapes) -> None:
    tapes.person("ada", [600], 400)
    (tapes.folder / "file").touch()
    with pytest.raises(NotWritten):
        composed(tapes.job().model_copy(update={"output": tapes.folder / "file" / "lesson"}))
