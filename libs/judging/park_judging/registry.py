"""The points of the own media, with their limits compiled; a view over the registry topic."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol
from uuid import UUID

from park_schemas.codes import Medium
from park_schemas.envelope import ContractError
from park_schemas.registry import PointRecord
from park_schemas.telemetry import POINT_HEADER

from park_judging import metrics
from park_judging.domain.applied_limits import PointLimits, compile_limits

log = logging.getLogger(__name__)

_POLL_S = 0.05
_FORGET_AFTER_S = 60.0


class PointsView(Protocol):
    """What is needed of park_chassis.compacted_view.CompactedView[PointRecord]."""

    def get(self, key: str) -> PointRecord | None: ...
    def values(self) -> Iterable[PointRecord]: ...
    def listen(self, listener: Callable[[str, PointRecord | None], None]) -> None: ...


class Points:
    """Points by id, compiled on first use and again after each change of the registry."""

    def __init__(
        self,
        view: PointsView,
        media: frozenset[Medium],
        *,
        wait_s: float,
        complete: Callable[[PointRecord], PointRecord] = lambda record: record,
    ) -> None:
        """`complete` adds what follows from a record by the standards, before its limits are compiled."""
        self._view = view
        self._complete = complete
        self._media = media
        self._wait_s = wait_s
        self._compiled: dict[UUID, PointLimits] = {}
        self._refused: dict[UUID, int] = {}
        self._given_up: dict[UUID, float] = {}
        view.listen(self._changed)

    def _changed(self, key: str, _record: PointRecord | None) -> None:
        point_id = UUID(key)
        self._compiled.pop(point_id, None)
        self._refused.pop(point_id, None)
        self._given_up.pop(point_id, None)

    def get(self, point_id: UUID) -> PointLimits | None:
        """Return a point of any medium, or None when the registry does not know it."""
        compiled = self._compiled.get(point_id)
        if compiled is None:
            record = self._view.get(str(point_id))
            if record is None:
                return None
            compiled = self._compiled[point_id] = compile_limits(self._complete(record))
            self._count_refused(compiled)
        return compiled

    def _count_refused(self, compiled: PointLimits) -> None:
        self._refused[compiled.point.point_id] = len(compiled.not_applied)
        metrics.LIMITS_NOT_APPLIED.set(sum(self._refused.values()))
        for row in compiled.not_applied:
            log.warning(
                "limit cannot be applied",
                extra={
                    "point": compiled.point.code,
                    "limit_id": row.limit_id,
                    "factor": row.factor,
                    "reason": row.reason,
                },
            )

    def is_own(self, limits: PointLimits) -> bool:
        """Say whether the point is of the media of this service."""
        return limits.point.medium in self._media

    def wants(self, headers: Mapping[str, bytes]) -> bool:
        """Say by the headers of a frame whether it may be ours: only a point known to be another's is passed over."""
        try:
            limits = self.get(UUID(headers[POINT_HEADER].decode()))
        except (KeyError, ValueError):
            return True
        return limits is None or self.is_own(limits)

    def own(self) -> list[PointLimits]:
        """Return all points of the own media."""
        found = [self.get(record.point_id) for record in self._view.values() if record.medium in self._media]
        return [limits for limits in found if limits is not None]

    def park_id(self) -> UUID | None:
        """Return the park that the registry is of, None while it is empty."""
        return next((record.park_id for record in self._view.values()), None)

    async def wait_for(self, point_id: UUID) -> PointLimits:
        """Return a point, giving the registry a moment to tell of it: its topic may lag behind the readings.

        Raises ContractError when it does not; for a minute afterwards the same point is not waited for again.
        """
        found = self.get(point_id)
        deadline = time.monotonic() + self._wait_s
        patient = time.monotonic() - self._given_up.get(point_id, float("-inf")) > _FORGET_AFTER_S
        while found is None and patient and time.monotonic() < deadline:
            await asyncio.sleep(_POLL_S)
            found = self.get(point_id)
        if found is None:
            if patient:
                self._given_up[point_id] = time.monotonic()
            raise ContractError(f"point {point_id} is not in the registry ({self._wait_s:g} s waited)")
        return found
