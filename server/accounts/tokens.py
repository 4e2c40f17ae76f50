"""Random secrets and their hashes. A secret leaves the process once; the database keeps its hash.

SHA-256 without salt is enough here: the secrets have 256 bits, nobody can guess them from a hash.
"""

from __future__ import annotations

import hashlib
import re
import secrets

SECRET_BYTES = 32
SHAPE = re.compile(r"[A-Za-z0-9_-]{20,128}")


def new_secret() -> str:
    """A new secret of `[A-Za-z0-9_-]`."""
    return secrets.token_urlsafe(SECRET_BYTES)


def hashed(secret: str) -> str:
    """What the database keeps of a secret; any text may be given."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def plausible(secret: str) -> bool:
    """Whether it looks like a secret of ours, so that the database need not be asked about others."""
    return SHAPE.fullmatch(secret) is not None
