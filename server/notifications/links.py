"""The link in each mail that ends mails of its sort without logging in (RFC 8058).

It holds whose mails, and which; it is signed, and works for as long as the mail is kept."""

from __future__ import annotations

from dataclasses import dataclass

from itsdangerous import BadData, URLSafeSerializer

from server.infra.errors import NotFound
from server.notifications.kinds import GATHERED, MAIL, TOPICS, Kind, Topic

PATH = "/communication/unsubscribe"
PURPOSE = "peerlearn: end these mails"
BY_NAME = {topic.name: topic for topic in (*TOPICS, GATHERED)}


@dataclass(frozen=True, slots=True)
class Sort:
    """Mails of one topic to one person."""

    user_id: int
    topic: Topic


_signer: URLSafeSerializer | None = None


def open_links(secret_key: str) -> None:
    """Say which key the links are signed with from now on."""
    global _signer
    _signer = URLSafeSerializer(secret_key, salt=PURPOSE)


def _signing() -> URLSafeSerializer:
    if _signer is None:
        raise RuntimeError("no key to sign with: call open_post_office first")
    return _signer


def leave_path(user_id: int, kind: Kind) -> str:
    """Where mails like this one can be ended; empty for what must be told."""
    if MAIL in kind.topic.locked and kind.topic is not GATHERED:
        return ""
    return f"{PATH}/{_signing().dumps([user_id, kind.topic.name])}"


def sort_of(token: str) -> Sort:
    """Raises NotFound for a link that we did not write."""
    try:
        user_id, name = _signing().loads(token)
        return Sort(int(user_id), BY_NAME[name])
    except (BadData, KeyError, TypeError, ValueError) as error:
        raise NotFound("This link is not one of ours, or not all of it is here.") from error
