"""Delegation (委托): who stands for whom during an absence. One deputy at a time, and the deputy must be there. Pure."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from task_dispatch.domain.forms import FormError


class Delegation(Struct, frozen=True, kw_only=True):
    """`deputy` may do what `principal` may with the principal's tasks during [starts_at, ends_at)."""

    delegation_id: UUID
    principal: str
    deputy: str
    deputy_name: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    made_by: str
    made_at: datetime
    revoked_at: datetime | None = None

    def holds_at(self, instant: datetime) -> bool:
        """Return whether the deputy stands for the principal at an instant."""
        ends = self.ends_at if self.revoked_at is None else min(self.ends_at, self.revoked_at)
        return self.starts_at <= instant < ends

    def overlaps(self, other: "Delegation") -> bool:
        """Return whether both hold at some instant."""
        return self.revoked_at is None and self.starts_at < other.ends_at and other.starts_at < self.ends_at


def stood_for(username: str, delegations: Iterable[Delegation], now: datetime) -> frozenset[str]:
    """Return whom a person stands for now."""
    return frozenset(one.principal for one in delegations if one.deputy == username and one.holds_at(now))


def delegation_errors(new: Delegation, others: Iterable[Delegation]) -> list[FormError]:
    """Return why a delegation cannot be, with where; `others` are those of both persons."""
    errors: list[FormError] = []
    if new.deputy == new.principal:
        errors.append(FormError("deputy", "nobody stands for themselves", "不能委托给自己"))
    if new.ends_at <= new.starts_at:
        errors.append(FormError("ends_at", "must lie after starts_at", "结束时间必须晚于开始时间"))
    elif new.ends_at <= new.made_at:
        errors.append(FormError("ends_at", "is over already", "委托期已过"))
    for other in others:
        if not other.overlaps(new):
            continue
        span = f"{other.starts_at:%Y-%m-%d %H:%M} - {other.ends_at:%Y-%m-%d %H:%M}"
        if other.principal == new.principal:
            errors.append(
                FormError("starts_at", f"{other.deputy} is the deputy then ({span})", f"该期间已委托给 {other.deputy}")
            )
        elif other.principal == new.deputy:
            errors.append(FormError("deputy", f"{new.deputy} is absent then ({span})", f"{new.deputy} 该期间不在岗"))
        elif other.deputy == new.principal:
            errors.append(
                FormError(
                    "principal",
                    f"{new.principal} stands for {other.principal} then ({span}); that must be revoked first",
                    f"{new.principal} 该期间正代理 {other.principal}, 须先撤销",
                )
            )
    return errors
