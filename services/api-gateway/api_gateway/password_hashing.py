"""argon2id on its own threads: a hash takes tens of milliseconds and 64 MiB, so few run at once.

Source: RFC 9106 section 4, second recommended option (memory constrained): 3 passes, 64 MiB, 4 lanes.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

_AT_ONCE = 2

_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4, type=Type.ID)
_THREADS = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="argon2")

NOBODY = _HASHER.hash("a password nobody has")
"""Checked when the account does not exist, so that the time of the answer does not tell."""


async def hash_password(password: str) -> str:
    """Return the encoded argon2id hash."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, password)


async def is_password(encoded: str, password: str) -> bool:
    """True when the password gives the hash."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _verify, encoded, password)


def needs_new_hash(encoded: str) -> bool:
    """True for a hash made with other parameters than today's."""
    return _HASHER.check_needs_rehash(encoded)


def _verify(encoded: str, password: str) -> bool:
    try:
        return _HASHER.verify(encoded, password)
    except (VerificationError, InvalidHashError):
        return False
