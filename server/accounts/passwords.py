"""Password rules and hashing (argon2id, RFC 9106), always in threads of its own.

Hashing takes tens of milliseconds and 64 MiB: two threads bound what a flood of logins can cost.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.accounts.names import same

MIN_LENGTH = 8  # NIST SP 800-63B §5.1.1.2
MAX_LENGTH = 256
COMMON_WORDS = """
    password password1 passw0rd 12345678 123456789 1234567890 qwertyui qwertyuiop qwerty123 iloveyou
    11111111 00000000 87654321 abcd1234 sunshine princess football baseball superman trustno1
    letmein1 welcome1 password123 changeme asdfghjk
"""
COMMON = frozenset(COMMON_WORDS.split())

T = TypeVar("T")

_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


def use_hasher(hasher: PasswordHasher) -> None:
    """Hash with other costs from now on; older hashes stay valid (tests take a cheap one)."""
    global _hasher
    _hasher = hasher
    _dummy_hash.cache_clear()


def check_password(password: str, *, username: str = "", email: str = "") -> None:
    """Raises ValueError with a sentence for people when the password won't do."""
    if len(password) < MIN_LENGTH:
        raise ValueError(f"Use at least {MIN_LENGTH} characters.")
    if len(password) > MAX_LENGTH:
        raise ValueError(f"Use at most {MAX_LENGTH} characters.")
    key = same(password)
    if key in COMMON or key in {same(username), same(email), same(email).partition("@")[0]}:
        raise ValueError("This password is too easy to guess.")


async def hash_password(password: str) -> str:
    return await _in_thread(_hasher.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether `password` belongs to the hash; without a hash the same time passes, and it does not."""
    if len(password) > MAX_LENGTH:
        password = password[:MAX_LENGTH]  # longer ones are never stored, so they can't match
    return await _in_thread(_verify, stored, password)


def needs_new_hash(stored: str) -> bool:
    """Whether the costs have risen since the hash was made."""
    return _hasher.check_needs_rehash(stored)


def _verify(stored: str | None, password: str) -> bool:
    try:
        _hasher.verify(stored or _dummy_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@lru_cache(maxsize=1)
def _dummy_hash() -> str:
    """What an unknown account's password is compared with; never a match."""
    return _hasher.hash("of an account that does not exist")


async def _in_thread(function: Callable[..., T], *args: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, function, *args)
