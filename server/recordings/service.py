"""What the recordings offer to their own edges and to features above."""

from server.recordings.shelf import (
    RecordingView,
    StoredFile,
    TrackView,
    delete_recording,
    file_of,
    note_access,
    recording_of_session,
    state_of,
)

__all__ = [
    "RecordingView",
    "StoredFile",
    "TrackView",
    "delete_recording",
    "file_of",
    "note_access",
    "recording_of_session",
    "state_of",
]
