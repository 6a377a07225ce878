"""Channels outside the app, and the templates they speak by. Secrets are stored sealed and never given to the API."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from park_chassis.database import Connection
from park_schemas.codes import AlarmLevel

from alerting.domain.message_templates import Template
from alerting.domain.quiet_hours import QuietHours

_SHOWN = """channel_id, kind, name, config, min_level, language, quiet, active, made_at, made_by, changed_at,
            secret <> '' as has_secret"""


class Channel(Struct, frozen=True, kw_only=True):
    """A channel as it is used; `secret` is sealed."""

    channel_id: UUID
    kind: str
    name: str
    config: dict[str, Any]
    secret: str
    min_level: AlarmLevel
    language: str
    quiet: list[QuietHours] = []
    active: bool = True


def secret_owner(channel_id: UUID) -> str:
    """Return what the secret of a channel is bound to."""
    return f"channel:{channel_id}"


async def channel_list(tx: Connection) -> list[dict[str, Any]]:
    """Return the channels, oldest first, without their secrets."""
    rows = await tx.fetch(f"select {_SHOWN} from channels where removed_at is null order by made_at, channel_id")
    return [dict(row) for row in rows]


async def channel_shown(tx: Connection, channel_id: UUID) -> dict[str, Any] | None:
    """Return one channel without its secret."""
    row = await tx.fetchrow(f"select {_SHOWN} from channels where channel_id = $1 and removed_at is null", channel_id)
    return dict(row) if row else None


async def channel(tx: Connection, channel_id: UUID) -> Channel | None:
    """Return one channel with its sealed secret, also a removed one."""
    row = await tx.fetchrow("select * from channels where channel_id = $1", channel_id)
    return _channel(row) if row else None


async def active_channels(tx: Connection, kinds: Sequence[str]) -> list[Channel]:
    """Return the channels of some kinds that are in use, oldest first."""
    rows = await tx.fetch(
        "select * from channels where active and removed_at is null and kind = any($1) order by made_at, channel_id",
        list(kinds),
    )
    return [_channel(row) for row in rows]


async def put_channel(tx: Connection, wanted: Channel, *, by: str, now: datetime) -> None:
    """Store a channel; one that is known is changed."""
    await tx.execute(
        """insert into channels (channel_id, kind, name, config, secret, min_level, min_level_rank, language, quiet, active,
                                 made_at, made_by, changed_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $11)
           on conflict (channel_id) do update set name = $3, config = $4, secret = $5, min_level = $6, min_level_rank = $7,
                  language = $8, quiet = $9, active = $10, changed_at = $11""",
        wanted.channel_id,
        wanted.kind,
        wanted.name,
        wanted.config,
        wanted.secret,
        wanted.min_level.value,
        wanted.min_level.rank,
        wanted.language,
        msgspec.to_builtins(wanted.quiet),
        wanted.active,
        now,
        by,
    )


async def remove_channel(tx: Connection, channel_id: UUID, now: datetime) -> bool:
    """Remove a channel (its messages stay readable) and give up what is pending; False when there is none."""
    removed = await tx.fetchval(
        """update channels set removed_at = $2, active = false, secret = '' where channel_id = $1 and removed_at is null
           returning 1""",
        channel_id,
        now,
    )
    await tx.execute(
        """update messages set state = 'dead', last_error = 'channel removed', lease_token = null
           where channel_id = $1 and state = 'pending'""",
        channel_id,
    )
    return removed is not None


async def stored_secrets(tx: Connection) -> list[tuple[UUID, str]]:
    """Return (channel, secret as stored), locked."""
    rows = await tx.fetch("select channel_id, secret from channels where secret <> '' for update")
    return [(row["channel_id"], row["secret"]) for row in rows]


async def set_secret(tx: Connection, channel_id: UUID, sealed: str) -> None:
    """Store a sealed secret."""
    await tx.execute("update channels set secret = $2 where channel_id = $1", channel_id, sealed)


async def ensure_templates(tx: Connection, shipped: Sequence[Template], now: datetime) -> None:
    """Store shipped templates that are not there yet."""
    await tx.executemany(
        """insert into templates (kind, language, subject, text, changed_at, changed_by)
           values ($1, $2, $3, $4, $5, 'system') on conflict do nothing""",
        [(one.kind, one.language, one.subject, one.text, now) for one in shipped],
    )


async def template_list(tx: Connection) -> list[dict[str, Any]]:
    """Return every template, with who changed it when."""
    rows = await tx.fetch(
        "select kind, language, subject, text, changed_at, changed_by from templates order by kind, language desc"
    )
    return [dict(row) for row in rows]


async def template(tx: Connection, kind: str, language: str) -> Template:
    """Return the template of a kind in a language; every kind has one in both."""
    row = await tx.fetchrow(
        "select kind, language, subject, text from templates where kind = $1 and language = $2", kind, language
    )
    assert row is not None  # noqa: S101 - shipped at the start, never deleted
    return Template(**dict(row))


async def put_template(tx: Connection, wanted: Template, *, by: str, now: datetime) -> None:
    """Change a template."""
    await tx.execute(
        """insert into templates (kind, language, subject, text, changed_at, changed_by) values ($1, $2, $3, $4, $5, $6)
           on conflict (kind, language) do update set subject = $3, text = $4, changed_at = $5, changed_by = $6""",
        wanted.kind,
        wanted.language,
        wanted.subject,
        wanted.text,
        now,
        by,
    )


def _channel(row: Any) -> Channel:
    return Channel(
        channel_id=row["channel_id"],
        kind=row["kind"],
        name=row["name"],
        config=row["config"],
        secret=row["secret"],
        min_level=AlarmLevel(row["min_level"]),
        language=row["language"],
        quiet=msgspec.convert(row["quiet"], list[QuietHours]),
        active=row["active"],
    )
