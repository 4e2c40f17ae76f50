"""What the network bench concludes from its samples, and what its publisher plays."""

from __future__ import annotations

from typing import Any

from media.negotiation.reader import parse_description
from scripts.benchmarks.load.description import Local, write_offer
from scripts.benchmarks.viewers.judge import Seen, judge
from scripts.benchmarks.viewers.publisher import with_layers
from scripts.benchmarks.viewers.recorded import sound


def sample(at: float, height: int, packets: int, frozen: float = 0.0) -> dict[str, Any]:
    return {
        "at": at,
        "video": {"height": height, "frozen": frozen, "bytes": packets * 1000},
        "audio": {"packets": packets, "concealed": packets, "samples": packets * 10},
    }


def test_a_dropped_layer_is_timed_from_the_cap_and_back_from_its_end() -> None:
    heights = [720, 720, 360, 360, 180, 180, 180, 360, 720]
    tried = [sample(float(at), height, at * 50) for at, height in enumerate(heights)]
    found = judge(Seen(tried, tried[:2], began=0.0, ended=6.0, top=720))
    assert found["drop_s"] == 2.0
    assert found["back_s"] == 2.0
    assert found["heights"] == [180, 360, 720]
    assert found["clean_heights"] == [720]
    assert found["concealed_percent"] == 10.0


def test_a_layer_that_stays_never_drops_and_one_that_stays_away_is_never_back() -> None:
    stays = [sample(float(at), 720, at) for at in range(8)]
    assert judge(Seen(stays, stays, 0.0, 5.0, 720))["drop_s"] is None
    assert judge(Seen(stays, stays, 0.0, 5.0, 720))["back_s"] == 0.0
    lost = [sample(float(at), 720 if at < 2 else 180, at) for at in range(8)]
    assert judge(Seen(lost, stays, 0.0, 5.0, 720))["back_s"] is None


def test_silence_and_freezes_are_summed_over_the_bad_time() -> None:
    packets = [0, 50, 50, 50, 200, 250, 250]
    tried = [sample(float(at), 720, count, frozen=at / 10) for at, count in enumerate(packets)]
    found = judge(Seen(tried, tried, began=0.0, ended=6.0, top=720))
    assert found["audio_gap_s"] == 2.0
    assert found["frozen_s_per_minute"] == 6.0


def test_the_offer_of_the_publisher_has_three_layers() -> None:
    local = Local("ufrag", "pwd", "00:11", 1, 2)
    video = parse_description(with_layers(write_offer(local), ["q", "h", "f"])).sections[1]
    assert list(video.rids) == ["q", "h", "f"]


def test_the_sound_is_a_second_of_opus() -> None:
    assert len(sound()) == 50
