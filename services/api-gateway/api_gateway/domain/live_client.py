"""One live client: what it may see, what it wants, and what it has not been sent yet.

Last value wins: for each thing only its key waits here, and the value is read when the message is made. So what waits for
a slow client is bounded by the size of the picture. Values are capped per message; the longest waiting go first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from api_gateway.domain.live_state import Entry, Kind, LiveState
from api_gateway.domain.permissions import DataScope

_NEEDED: dict[Kind, str] = {
    Kind.POINTS: "reading:read",
    Kind.ALARMS: "alarm:read",
    Kind.TASKS: "task:read",
    Kind.SESSIONS: "map:read",
    Kind.NOTIFICATIONS: "alarm:read",
}


@dataclass(frozen=True)
class Viewer:
    """Who looks, as far as the scope needs it."""

    username: str
    scope: DataScope
    permissions: frozenset[str]
    enterprise_id: str | None = None
    role: str = ""
    told_as: frozenset[str] = frozenset()
    """Recipients whose messages he reads: park_chassis.told_names."""

    def may_subscribe(self, kind: Kind) -> bool:
        return _NEEDED[kind] in self.permissions

    def sees(self, kind: Kind, entry: Entry) -> bool:
        """True for what lies in the viewer's scope. Own tasks is a scope of tasks only; the map is common.

        A message is seen by whom it was written to: the same rule as GET /notifications of alerting.
        """
        if kind is Kind.NOTIFICATIONS:
            return entry.recipient in self.told_as
        if self.scope is DataScope.ENTERPRISE:
            if entry.withheld and self.username not in {entry.assignee, *entry.co_assignees}:
                return False
            return entry.enterprise_id is not None and entry.enterprise_id == self.enterprise_id
        if self.scope is DataScope.OWN_TASKS and kind is Kind.TASKS:
            mine = self.username in {entry.assignee, entry.earlier_assignee}
            return mine or (entry.assignee_role is not None and entry.assignee_role == self.role)
        return True


class LiveClient:
    """Makes the messages of one connection; `seq` rises by one with each."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.kinds: frozenset[Kind] = frozenset()
        self.seq = 0
        self.coalesced = 0
        self.cells_sent = 0
        self._pending: dict[Kind, dict[str, None]] = {kind: {} for kind in Kind}

    def subscribe(self, names: Iterable[str]) -> list[str]:
        """Want these kinds from now on; return the names that are unknown or not permitted."""
        wanted, refused = set(), []
        for name in names:
            try:
                kind = Kind(name)
            except ValueError:
                refused.append(str(name))
                continue
            if self.viewer.may_subscribe(kind):
                wanted.add(kind)
            else:
                refused.append(name)
        self.kinds = frozenset(wanted)
        for kind in Kind:
            self._pending[kind].clear()
        return refused

    def mark(self, kind: Kind, keys: Iterable[str]) -> None:
        """Note that things changed. A thing that was already waiting is sent once, with its newest value."""
        if kind not in self.kinds:
            return
        pending = self._pending[kind]
        for key in keys:
            self.coalesced += key in pending
            pending[key] = None

    def snapshot(self, state: LiveState, at: datetime, unavailable: Iterable[str] = ()) -> bytes:
        """Return the whole picture the client may see; what waited is in it."""
        lists: dict[str, Any] = {}
        for kind in Kind:
            self._pending[kind].clear()
            if kind not in self.kinds:
                continue
            seen = [entry for entry in state.entries[kind].values() if entry.open and self._sees(kind, entry)]
            lists[kind.value] = [entry.json for entry in seen]
            self.cells_sent += sum(entry.cells for entry in seen)
        return self._message("snapshot", at, unavailable=list(unavailable), **lists)

    def delta(self, state: LiveState, at: datetime, most_cells: int) -> bytes | None:
        """Return what changed since the last message, None for nothing. Alarms, tasks and the like are never held back."""
        lists: dict[str, list[msgspec.Raw]] = {}
        for kind in Kind:
            if not self._pending[kind]:
                continue
            taken = self._take(kind, state, most_cells if kind is Kind.POINTS else None)
            if taken:
                lists[kind.value] = [entry.json for entry in taken]
        return self._message("delta", at, **lists) if lists else None

    def beat(self, at: datetime) -> bytes:
        """Return the sign of life that is sent when there is nothing to say."""
        return self._message("beat", at)

    def _take(self, kind: Kind, state: LiveState, most_cells: int | None) -> list[Entry]:
        pending, cells = self._pending[kind], 0
        taken: list[Entry] = []
        for key in list(pending):
            entry = state.entries[kind].get(key)
            if entry is not None and self._sees(kind, entry):
                if most_cells is not None and taken and cells + entry.cells > most_cells:
                    break
                cells += entry.cells
                taken.append(entry)
            del pending[key]
        self.cells_sent += cells
        return taken

    def _sees(self, kind: Kind, entry: Entry) -> bool:
        return self.viewer.sees(kind, entry)

    def _message(self, kind: str, at: datetime, **content: Any) -> bytes:
        self.seq += 1
        return msgspec.json.encode({"type": kind, "seq": self.seq, "server_time": at, **content})
