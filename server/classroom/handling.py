"""What takes a message of a browser: each part of the classroom has a table of its own, message to
handler."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from server.classroom.hub import Hub
from server.classroom.room import Member, Room

Handler = Callable[[Hub, Room, Member, Any], Awaitable[None]]
