"""Stripe's way of writing nested values in a form: `metadata[booking]=7`, `items[0][price]=x`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from server.payments.sandbox.errors import Refused, wanted

KEY = re.compile(r"\[([^\]]*)\]")


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The values by name; names in brackets make dictionaries, `[]` and numbers too (keys are kept)."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        first, *inner = name.partition("[")[0], *KEY.findall(name)
        place = found
        for part, following in zip([first, *inner], [*inner, None], strict=True):
            key = part or str(len(place))
            if following is None:
                place[key] = value
            else:
                place = place.setdefault(key, {})
    return found


def text(params: dict[str, Any], name: str) -> str:
    """Raises Refused where it is missing."""
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise wanted(name)
    return value


def amount(params: dict[str, Any], name: str = "amount") -> int:
    """A whole number of minor units, more than 0. Raises Refused."""
    value = text(params, name)
    if not value.isdigit() or int(value) == 0:
        raise Refused(f"Invalid positive integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def metadata(params: dict[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in (params.get("metadata") or {}).items()}
