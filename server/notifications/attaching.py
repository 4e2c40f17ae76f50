"""Files that go with mails: a feature says for which kinds, and makes them when one is sent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from server.infra.mailer import Attachment
from server.notifications.values import Recipient

Make = Callable[[Recipient, Mapping[str, Any]], Awaitable[Sequence[Attachment]]]

_makers: dict[str, Make] = {}


def attaches(*kinds: str) -> Callable[[Make], Make]:
    """Register what makes the files of these kinds; it gets whom the mail goes to, and what it is about.

    Called before each sending, so that a mail that was held up brings what is true by then."""

    def register(make: Make) -> Make:
        for kind in kinds:
            if kind in _makers:
                raise RuntimeError(f"{kind!r} has two makers of its files")
            _makers[kind] = make
        return make

    return register


async def files_for(kind: str, to: Recipient, about: Mapping[str, Any]) -> Sequence[Attachment]:
    make = _makers.get(kind)
    return await make(to, about) if make else ()
