from __future__ import annotations

from server.recordings.composing.job import Caption
from server.recordings.composing.subtitles import webvtt


def test_captions_become_cues_with_voices_in_the_order_of_time() -> None:
    later = Caption(from_ms=3_725_006, to_ms=3_726_000, text="Yes.")
    first = Caption(from_ms=1500, to_ms=2000, name="Ada", text="Is a < b --> c\n\n& d?")
    assert webvtt([later, first]) == (
        "WEBVTT\n\n"
        "00:00:01.500 --> 00:00:02.000\n<v Ada>Is a &lt; b --&gt; c\n&amp; d?\n\n"
        "01:02:05.006 --> 01:02:06.000\nYes.\n"
    )


def test_what_nobody_said_is_no_cue() -> None:
    assert webvtt([Caption(from_ms=0, to_ms=1, text=" \n ")]) == "WEBVTT\n"
