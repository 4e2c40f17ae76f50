"""Records until it is killed: run by `test_salvage`. Says how many milliseconds it has sent so far."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

from media.recording.events import TrackKey
from media.recording.recorder import Recorder
from tests.media.recording.streams import FRAME_RATE, Camera, Microphone


def main() -> None:
    recorder = Recorder(Path(sys.argv[1]), lambda event: None, time.monotonic, min_free_bytes=0)
    start = time.monotonic()
    camera, microphone = Camera(start), Microphone(start)
    recorder.start(TrackKey("r", "rec", "ada", "camera", "video"), camera.source, 700, start)
    recorder.start(TrackKey("r", "rec", "ada", "microphone", "audio"), microphone.source, 700, start)
    pause = threading.Event()
    while True:
        pause.wait(max(0.0, camera.now - time.monotonic()))
        camera.send(1)
        while microphone.now < camera.now:
            microphone.send(1)
        sys.stdout.write(f"{camera.index * 1000 // FRAME_RATE}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
