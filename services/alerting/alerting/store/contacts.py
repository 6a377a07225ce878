"""Whom to reach outside the app: people and their addresses."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct
from park_chassis.database import Connection

from alerting.domain.quiet_hours import QuietHours

_FIELDS = "username, display_name, role, enterprise_id, email, phone, language, quiet, active"


class Contact(Struct, frozen=True, kw_only=True):
    """A person; an empty address means that this way does not reach him."""

    username: str
    display_name: str
    role: str
    enterprise_id: UUID | None = None
    email: str = ""
    phone: str = ""
    language: str = "zh"
    quiet: list[QuietHours] = []
    active: bool = True


async def contacts(tx: Connection, *, username: str | None = None) -> list[Contact]:
    """Return the contacts by name, or one of them."""
    rows = await tx.fetch(
        f"select {_FIELDS} from contacts where ($1::text is null or username = $1) order by username limit 2000",
        username,
    )
    return [_contact(row) for row in rows]


class Reachable(Struct, frozen=True):
    """An active contact with an address, and the recipients' names that lead to him."""

    username: str
    names: frozenset[str]

    def answers_to(self, recipients: Iterable[str]) -> bool:
        """Return whether one of the recipients leads to this person."""
        return not self.names.isdisjoint(recipients)


async def reachable(tx: Connection, recipients: Collection[str]) -> list[Reachable]:
    """Return the active contacts behind `role:`, `enterprise:` and `person:` recipients, by user name."""
    rows = await tx.fetch(
        """select username, 'role:' || role as role, 'enterprise:' || enterprise_id::text as enterprise from contacts
           where active and (email <> '' or phone <> '')
           and ('role:' || role = any($1) or 'enterprise:' || enterprise_id::text = any($1) or 'person:' || username = any($1))
           order by username""",
        list(recipients),
    )
    return [
        Reachable(
            row["username"], frozenset(filter(None, (row["role"], row["enterprise"], f"person:{row['username']}")))
        )
        for row in rows
    ]


async def put_contact(tx: Connection, contact: Contact, *, by: str, now: datetime) -> bool:
    """Store a contact; return whether it is new."""
    made: bool = await tx.fetchval(
        f"""insert into contacts ({_FIELDS}, changed_at, changed_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            on conflict (username) do update set display_name = $2, role = $3, enterprise_id = $4, email = $5, phone = $6,
                   language = $7, quiet = $8, active = $9, changed_at = $10, changed_by = $11
            returning (xmax = 0)""",
        contact.username,
        contact.display_name,
        contact.role,
        contact.enterprise_id,
        contact.email,
        contact.phone,
        contact.language,
        msgspec.to_builtins(contact.quiet),
        contact.active,
        now,
        by,
    )
    return made


async def remove_contact(tx: Connection, username: str) -> bool:
    """Remove a contact; False when there is none."""
    return await tx.fetchval("delete from contacts where username = $1 returning 1", username) is not None


def _contact(row: Any) -> Contact:
    return Contact(**{**dict(row), "quiet": msgspec.convert(row["quiet"], list[QuietHours])})
