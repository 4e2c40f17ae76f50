"""The lesson file: one film of a recording's segments, made by a process of its own.

`job` says what is wanted, `running` has it made from the server; the rest runs in the process
(`python -m server.recordings.composing`). There is one time line: a moment of the film is the same moment
of the recording, so that chat, chapters and captions stay in step. Pauses are shown as a card, not cut.
"""
