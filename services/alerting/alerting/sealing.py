"""Seals at the start what is stored in clear (by earlier versions) or by an older key."""

from park_chassis.database import Connection
from park_chassis.secret_box import SecretBox

from alerting.store import channels, webhooks


async def seal_all(tx: Connection, box: SecretBox) -> int:
    """Seal every secret by the first key; return how many changed. Raises SecretUnreadable when a key is missing."""
    changed = 0
    for webhook_id, stored in await webhooks.stored_secrets(tx):
        if (sealed := box.resealed(stored, webhooks.secret_owner(webhook_id))) is not None:
            await webhooks.set_secret(tx, webhook_id, sealed)
            changed += 1
    for channel_id, stored in await channels.stored_secrets(tx):
        if (sealed := box.resealed(stored, channels.secret_owner(channel_id))) is not None:
            await channels.set_secret(tx, channel_id, sealed)
            changed += 1
    return changed
