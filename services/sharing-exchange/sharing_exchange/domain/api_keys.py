"""API keys: 256 random bits, shown once. Stored is the SHA-256: with so much chance in it, a slow hash adds nothing."""

import hashlib
import re
import secrets

PREFIX = "park_"
_FORM = re.compile(r"park_[A-Za-z0-9_-]{32,100}")


def new_key() -> str:
    """Return a fresh key."""
    return PREFIX + secrets.token_urlsafe(32)


def is_well_formed(key: str) -> bool:
    """True for a text that can be a key; what is not is refused before the database is asked."""
    return _FORM.fullmatch(key) is not None


def hash_of(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def hint_of(key: str) -> str:
    """Return what may be shown of a key later, to tell keys apart."""
    return key[: len(PREFIX) + 4] + "…"
