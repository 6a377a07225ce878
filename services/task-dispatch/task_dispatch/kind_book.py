"""Which kinds of tasks there are: the versions in the table, and the shipped ones where the table has none yet."""

from datetime import datetime

from park_chassis.database import Connection

from task_dispatch.domain.kinds import Kind
from task_dispatch.store import kinds


class KindBook:
    """Reads kinds; asked in each transaction, so replicas agree."""

    def __init__(self, shipped: dict[str, Kind]) -> None:
        self._shipped = shipped

    async def stock(self, tx: Connection, now: datetime) -> None:
        """Put the shipped kinds into the table where it has none, or an older release's."""
        await kinds.ensure_shipped(tx, self._shipped, now)

    async def in_force(self, tx: Connection) -> dict[str, Kind]:
        """Return every kind that can be used for new tasks, by name."""
        found = {**self._shipped, **await kinds.kinds_in_force(tx)}
        return {name: kind for name, kind in found.items() if not kind.retired}

    async def newest(self, tx: Connection, name: str) -> Kind | None:
        """Return the newest version of a kind, retired or not."""
        return await kinds.kind_in_force(tx, name) or self._shipped.get(name)

    async def version(self, tx: Connection, name: str, version: int) -> Kind | None:
        """Return a kind as a task was made with."""
        stored = await kinds.kind_version(tx, name, version)
        if stored is None and version == 1:
            return self._shipped.get(name)
        return stored
