"""Signing of webhooks in the manner of Standard Webhooks 1.0: HMAC-SHA256 over `id.timestamp.body`.

A secret is `whsec_` and base64 of 32 random bytes; the key is those bytes. The signature header is `v1,` and base64.
"""

import base64
import hmac
import secrets
from datetime import datetime
from hashlib import sha256

PREFIX = "whsec_"


def new_secret() -> str:
    """Return a fresh secret; it is shown to a person once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signed_headers(secret: str, message_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """Return the headers of one attempt; the timestamp is whole seconds since the epoch."""
    timestamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Return `v1,<base64>`. Raises ValueError when the secret is not one of ours."""
    key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
