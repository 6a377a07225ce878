"""Versions of the grading policy; the highest is in force, none is ever changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from park_chassis.database import Connection

from alerting.domain.policy import GradingPolicy, shipped_policy
from alerting.domain.policy_completion import completed


@dataclass(frozen=True)
class PolicyInForce:
    """The newest version as it was stored, and completed by what the release brings that it does not name."""

    version: int
    stored: GradingPolicy
    completed: GradingPolicy


class PolicyCache:
    """The policy in force, decoded once a version. The version is asked in each transaction, so replicas agree."""

    def __init__(self, shipped: GradingPolicy | None = None) -> None:
        self.shipped = shipped or shipped_policy()
        self._known: PolicyInForce | None = None

    async def newest(self, tx: Connection) -> PolicyInForce:
        """Return the policy in force, as stored and completed."""
        version = await tx.fetchval("select max(version) from policies")
        if self._known is None or version != self._known.version:
            body = await tx.fetchval("select body from policies where version = $1", version)
            stored = msgspec.convert(body, GradingPolicy)
            self._known = PolicyInForce(version, stored, completed(stored, self.shipped))
        return self._known

    async def in_force(self, tx: Connection) -> tuple[int, GradingPolicy]:
        """Return (version, policy) that grades: completed by what the release brings."""
        newest = await self.newest(tx)
        return newest.version, newest.completed


async def ensure_first_policy(tx: Connection, policy: GradingPolicy, now: datetime) -> None:
    """Store the shipped policy as version 1 when there is none."""
    await tx.execute(
        """insert into policies (version, body, made_at, made_by, note) values (1, $1, $2, 'system', $3)
           on conflict do nothing""",
        msgspec.to_builtins(policy),
        now,
        policy.note,
    )


async def add_policy(
    tx: Connection, policy: GradingPolicy, *, based_on: int | None, by: str, now: datetime
) -> int | None:
    """Store a new version and return its number; None when the version in force is not `based_on` any more."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended('grading-policy', 212))")
    current: int = await tx.fetchval("select max(version) from policies")
    if based_on is not None and based_on != current:
        return None
    await tx.execute(
        "insert into policies (version, body, made_at, made_by, note) values ($1, $2, $3, $4, $5)",
        current + 1,
        msgspec.to_builtins(policy),
        now,
        by,
        policy.note,
    )
    return current + 1


async def policy_versions(tx: Connection) -> list[dict[str, Any]]:
    """Return who made which version when, newest first."""
    rows = await tx.fetch("select version, made_at, made_by, note from policies order by version desc")
    return [dict(row) for row in rows]


async def policy_of_version(tx: Connection, version: int) -> dict[str, Any] | None:
    """Return one version with its whole policy, None when there is no such version."""
    row = await tx.fetchrow(
        "select version, made_at, made_by, note, body as policy from policies where version = $1", version
    )
    return dict(row) if row else None
