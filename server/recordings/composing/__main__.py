"""python -m server.recordings.composing JOB.json

Makes the lesson file that the job asks for (`job.Job`), at low priority. Ends, leaving nothing, when its
input, a pipe, closes: nobody waits for the film any more. Says in lines of JSON how far it is
(`{"done_ms", "total_ms"}`), and at the end what it made (`{"composed": ...}`) or why not
(`{"error": ...}`); then its exit status is that of `errors`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import av.logging
from pydantic import ValidationError

from server.recordings.composing.errors import BadJob, ComposingError
from server.recordings.composing.job import Job
from server.recordings.composing.making import make

NICENESS = 15  # calls come first
GRACE_S = 10.0  # for a picture or a write that hangs, once nobody waits


def main(arguments: list[str]) -> int:
    os.nice(NICENESS)
    av.logging.set_level(av.logging.FATAL)  # broken packets are counted, not told
    stopped = threading.Event()
    threading.Thread(target=_watch_input, args=(stopped,), daemon=True).start()
    try:
        job = read_job(arguments)
        composed = make(job, lambda done: _say(done_ms=done, total_ms=job.total_ms), stopped.is_set)
    except ComposingError as error:
        _say(error=str(error))
        return error.status
    _say(composed=composed.model_dump(mode="json"))
    return 0


def read_job(arguments: list[str]) -> Job:
    """Raises BadJob, in one line."""
    if len(arguments) != 1:
        raise BadJob("usage: python -m server.recordings.composing JOB.json")
    try:
        return Job.model_validate_json(Path(arguments[0]).read_bytes())
    except OSError as error:
        raise BadJob(f"the job can't be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadJob(f"the job is wrong: {where}: {first['msg']}".replace("\n", " ")) from error


def _watch_input(stopped: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    stopped.set()
    threading.Event().wait(GRACE_S)
    os._exit(4)


def _say(**told: Any) -> None:
    with contextlib.suppress(OSError):  # nobody listens; the closing of our input tells the same
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
