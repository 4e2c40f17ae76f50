"""Usernames, e-mail addresses and time zones: what is allowed, and what counts as the same."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from zoneinfo import available_timezones

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,31}")
MAX_EMAIL = 254  # RFC 5321 §4.5.3.1.3 leaves this much of a path
# Mail servers of a school or company often live under these; the library asks to be told like this.
INTERNAL_DOMAINS = ("local", "localhost", "test")
SPECIAL_USE_DOMAIN_NAMES[:] = [name for name in SPECIAL_USE_DOMAIN_NAMES if name not in INTERNAL_DOMAINS]

PATH_WORDS = """
    about account accounts achievements admin administrator api assess auth availability basic billing
    book bookings browse calendar calls certificates check communication credentials dashboard dev edit
    feedback followers following healthz help history login logins logout me mentors messages metrics
    new notifications null pathways payments peerlearn picture portfolio preferences privacy profile
    readyz recordings register requests reset room search security sessions settings signup skills
    static summary support system undefined users verify webhooks ws www
"""
RESERVED = frozenset(PATH_WORDS.split())  # a username must never be mistaken for a part of an address


def same(text: str) -> str:
    """The key under which two spellings of a name or address are one (NFKC, then casefold)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def freed_key(username_key: str) -> str:
    """What stays of the key of somebody who left: nobody reads the name from it, and nobody gets it."""
    return f"~{hashlib.sha256(username_key.encode()).hexdigest()[:48]}"


def clean_username(text: str) -> str:
    """A username as it is shown.

    Raises ValueError with a sentence for people."""
    name = unicodedata.normalize("NFKC", text).strip()
    if not USERNAME.fullmatch(name):
        raise ValueError(
            "Use 3 to 32 letters, digits, dots, dashes or underscores, a letter or digit first."
        )
    if same(name) in RESERVED or name.endswith((".ics", ".json")):
        raise ValueError("This name is reserved. Please take another.")
    return name


def clean_email(text: str) -> str:
    """An address as mail is sent to it.

    Raises ValueError with a sentence for people."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError as error:
        raise ValueError("This is not an e-mail address.") from error
    if len(found.normalized) > MAX_EMAIL:
        raise ValueError("This e-mail address is too long.")
    return found.normalized


def clean_timezone(text: str) -> str:
    """An IANA zone's name.

    Raises ValueError with a sentence for people."""
    if text not in available_timezones():
        raise ValueError("This is not the name of a time zone, such as Europe/Berlin.")
    return text


def clean_name(text: str) -> str:
    """A person's name as they write it, without control characters and doubled spaces.

    Raises ValueError with a sentence for people."""
    name = " ".join("".join(c for c in text if unicodedata.category(c) not in {"Cc", "Cs", "Co"}).split())
    if not 1 <= len(name) <= 100:
        raise ValueError("Use 1 to 100 characters.")
    return name
