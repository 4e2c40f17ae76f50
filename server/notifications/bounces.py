"""Mails that came back: the report that another server writes of one (RFC 3464), read and noted.

Anybody may send us a report, so it counts only where it names a mail that we sent to that address."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from server.accounts.models import User
from server.accounts.names import same
from server.notifications.addresses import note_returned
from server.notifications.models import Delivery

PERMANENT = "5."  # class of the status code (RFC 3463 §2)


@dataclass(frozen=True, slots=True)
class Bounce:
    """One address that a mail did not reach; `message_id` is that mail's."""

    address: str
    message_id: str
    reason: str


def read_report(raw: bytes) -> list[Bounce]:
    """What failed for good; nothing for other mails, and for those that are only late."""
    report = message_from_bytes(raw, policy=policy.default)
    assert isinstance(report, EmailMessage)
    message_id = next((found for part in report.walk() if (found := _original_id(part))), "")
    if not message_id:
        return []
    return [
        Bounce(address, message_id, reason)
        for part in report.walk()
        if part.get_content_type() == "message/delivery-status"
        for address, reason in _failures(part)
    ]


def _original_id(part: Message) -> str:
    """The Message-ID of the mail that came back, whole or as its headers."""
    kind = part.get_content_type()
    if kind == "message/rfc822" and part.is_multipart():
        inner = part.get_payload(0)
        return str(inner["Message-ID"] or "").strip() if isinstance(inner, Message) else ""
    if kind == "text/rfc822-headers":
        body = part.get_payload(decode=True)
        headers = message_from_bytes(body if isinstance(body, bytes) else b"")
        return str(headers["Message-ID"] or "").strip()
    return ""


def _failures(part: Message) -> list[tuple[str, str]]:
    """Each block after the first is about one recipient (RFC 3464 §2.3)."""
    blocks = [block for block in part.get_payload() if isinstance(block, Message)]
    return [
        (_address(block), f"{block['Status']} {block['Diagnostic-Code'] or ''}".strip())
        for block in blocks
        if str(block["Action"] or "").strip().lower() == "failed"
        and str(block["Status"] or "").strip().startswith(PERMANENT)
    ]


def _address(block: Message) -> str:
    """Of `rfc822; zoe@example.com`; the one that we wrote to, before somebody passed it on."""
    field = block["Original-Recipient"] or block["Final-Recipient"] or ""
    return str(field).rpartition(";")[2].strip().strip("<>")


async def note(bounce: Bounce) -> bool:
    """Returns whether it was about a mail of ours; told twice it counts once."""
    sent = await Delivery.get_or_none(message_id=bounce.message_id, channel="mail", status="sent")
    user = await User.get_or_none(id=sent.user_id) if sent else None
    if sent is None or user is None:
        return False
    address = str(sent.about.get("address", user.email))
    if same(address) != same(bounce.address):
        return False
    changed = await Delivery.filter(id=sent.id, status="sent").update(
        status="bounced", detail=bounce.reason[:2000]
    )
    if changed:
        await note_returned(address, bounce.reason)
    return bool(changed)
