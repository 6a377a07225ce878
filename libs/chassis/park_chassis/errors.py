"""Errors sorted by who must act.

Refused            the caller asked for what the rules forbid              409 (or its own status)
  NotFound         ... for what is not there or not theirs to see          404
Transient          nobody, then the operator: lock, timeout, broker away   503, retried by consumers
ContractError      the producing team (park_schemas.envelope)              parked at once
anything else      a bug                                                   500, retried, then parked
"""

from typing import Any


class Refused(Exception):
    """A request that a rule forbids. `code` is stable for programs; `zh` and `en` are for people; `facts` go along."""

    def __init__(self, code: str, zh: str, en: str, *, status: int = 409, **facts: Any) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.status = status
        self.facts = facts


class NotFound(Refused):
    """There is no such thing, or the caller may not see it (the two are not told apart)."""

    def __init__(self, what_zh: str, what_en: str, key: object) -> None:
        super().__init__("not-found", f"没有找到{what_zh} {key}", f"{what_en} {key} was not found", status=404)


class Transient(Exception):
    """It may work later: the consumer keeps its offset and tries again, an API caller gets 503."""
