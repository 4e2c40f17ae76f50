"""Sending a browser on, and never off to somebody else's site."""

from __future__ import annotations

import re
from urllib.parse import quote

from aiohttp import web

OWN_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")  # printable ASCII without a backslash


def safe_next(target: object, default: str = "/dashboard/") -> str:
    """`target` if it is a path on this site, else `default`.

    Browsers read `//host` and `/\\host` as another site, and drop tabs and line ends first."""
    if isinstance(target, str) and OWN_PATH.fullmatch(target):
        return target
    return default


def see_other(location: str) -> web.Response:
    """The answer to a form that worked (RFC 9110 §15.4.4)."""
    return web.Response(status=303, headers={"Location": location})


def with_next(path: str, target: str) -> str:
    """`path` with the address that follows it, if there is one."""
    return f"{path}?next={quote(target, safe='')}" if target else path
