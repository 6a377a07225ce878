"""Secrets at rest: AES-256-GCM with a key from the settings; each secret is bound to the row it belongs to.

The first key encrypts, all of them decrypt: a key is changed by putting the new one first, and what is sealed by an older one is
sealed anew at the next start. Without a key of its own the service derives one from the platform's secret (HKDF-SHA256), so that
no installation stores secrets in clear.
"""

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PREFIX = "sealed:"
_NONCE = 12


class SecretUnreadable(Exception):
    """A stored secret was sealed by a key that is not among the settings, belongs to another row, or was changed."""


class SecretBox:
    """Seals and opens secrets. Raises ValueError at once when a key is not 32 bytes of base64."""

    def __init__(self, keys: str, platform_secret: str, service: str) -> None:
        """`keys`: base64 keys of 32 bytes, separated by commas; empty: derive the service's own from the platform's secret."""
        raw = [_key(one) for one in keys.split(",") if one.strip()] or [_derived(platform_secret, service)]
        self._ciphers = [AESGCM(one) for one in raw]

    def seal(self, secret: str, owner: str) -> str:
        """Return a text that only this key opens, for this owner (kind and id of the row)."""
        nonce = secrets.token_bytes(_NONCE)
        return (
            PREFIX + base64.b64encode(nonce + self._ciphers[0].encrypt(nonce, secret.encode(), owner.encode())).decode()
        )

    def open(self, sealed: str, owner: str) -> str:
        """Return the secret. Raises SecretUnreadable."""
        if sealed == "":
            return ""
        try:
            raw = base64.b64decode(sealed.removeprefix(PREFIX), validate=True)
        except binascii.Error as error:
            raise SecretUnreadable(f"secret of {owner} is damaged") from error
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], owner.encode()).decode()
            except (InvalidTag, ValueError):
                continue
        raise SecretUnreadable(f"secret of {owner} was sealed by a key that is not in PARK_SECRETS_KEYS")

    def resealed(self, stored: str, owner: str) -> str | None:
        """Return what should be stored instead of a clear or older secret; None when it is sealed by the first key."""
        if stored == "":
            return None
        if not stored.startswith(PREFIX):
            return self.seal(stored, owner)
        raw = base64.b64decode(stored.removeprefix(PREFIX))
        try:
            self._ciphers[0].decrypt(raw[:_NONCE], raw[_NONCE:], owner.encode())
        except InvalidTag:
            return self.seal(self.open(stored, owner), owner)
        return None


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise ValueError("PARK_SECRETS_KEYS must be base64") from error
    if len(key) != 32:
        raise ValueError(f"PARK_SECRETS_KEYS: a key is {len(key)} bytes, must be 32")
    return key


def _derived(platform_secret: str, service: str) -> bytes:
    info = f"park-{service} secrets at rest".encode()
    return HKDF(SHA256(), 32, salt=None, info=info).derive(platform_secret.encode())
