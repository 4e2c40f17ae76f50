"""What open pages are told at once, over the socket that brings people their notifications.

It only says that there is something new, and where: pages read it from the server, by number, so that
nothing is missed while a socket is away, and nothing comes twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from server.edge.api import timestamp
from server.messages.circles import path_with
from server.messages.shapes import message_shape
from server.messages.values import Circle, Line
from server.notifications.waking import push_to_person


def path_for(user_id: int, circle: Circle, viewer_id: int, username: str) -> str:
    """The page of a circle for one of its people, `viewer_id` with `username` being the one who acted: of
    two, each has the other in the address."""
    if circle.partner_id is None or user_id == viewer_id:
        return circle.path
    return path_with(username)


def tell_written(people: Iterable[int], circle: Circle, sender_id: int, line: Line) -> None:
    for user_id in people:
        path = path_for(user_id, circle, sender_id, line.sender.username)
        push_to_person(user_id, {"type": "message", "path": path, "message": message_shape(line)})


def tell_removed(people: Iterable[int], circle: Circle, sender_id: int, username: str, seq: int) -> None:
    for user_id in people:
        path = path_for(user_id, circle, sender_id, username)
        push_to_person(user_id, {"type": "message-removed", "path": path, "seq": seq})


def tell_read(
    people: Iterable[int],
    circle: Circle,
    reader_id: int,
    username: str,
    seq: int,
    at: datetime,
) -> None:
    """Also the reader's other pages, whose marks go away."""
    for user_id in people:
        path = path_for(user_id, circle, reader_id, username)
        said = {"type": "message-read", "path": path, "reader": username, "seq": seq, "at": timestamp(at)}
        push_to_person(user_id, said)


def tell_typing(people: Iterable[int], circle: Circle, writer_id: int, username: str, name: str) -> None:
    for user_id in people:
        path = path_for(user_id, circle, writer_id, username)
        push_to_person(
            user_id, {"type": "message-typing", "path": path, "username": username, "name": name}
        )
