"""What the recordings offer to their own edges and to features above."""

from server.recordings.files import Companion, StoredFile, captions_of, file_of, poster_of
from server.recordings.keeping.removing import delete_recording
from server.recordings.shelf import RecordingView, TrackView, recording_of_session, state_of

__all__ = [
    "Companion",
    "RecordingView",
    "StoredFile",
    "TrackView",
    "captions_of",
    "delete_recording",
    "file_of",
    "poster_of",
    "recording_of_session",
    "state_of",
]
