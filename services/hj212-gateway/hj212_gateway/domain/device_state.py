"""What is known of a device's presence: one record an MN, changed by frames, silence and the end of connections."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from park_schemas.codes import SessionState
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import SessionChanged

_MINUTE = timedelta(minutes=1)


@dataclass
class DeviceState:
    """Presence of one MN. `clock_skew_s` is DataTime of the newest realtime frame minus its time of arrival."""

    mn: str
    point_id: UUID | None
    connection_id: UUID
    peer: str
    state: SessionState
    since: datetime
    last_frame_at: datetime
    edition: str = ""
    frames: int = 0
    bytes_received: int = 0
    clock_skew_s: float | None = None
    deviations: Counter[str] = field(default_factory=Counter)
    told_at: datetime | None = None
    system_type: str = "32"
    """ST of its newest frame that was no answer; commands to it carry the same."""

    def changed(self, at: datetime, reason: str = "") -> SessionChanged:
        """Return the event that says the present state."""
        self.told_at = at
        return SessionChanged(
            mn=self.mn,
            state=self.state,
            changed_at=at,
            peer=self.peer,
            connection_id=self.connection_id,
            reason=reason,
            last_frame_at=self.last_frame_at,
            frames=self.frames,
            point_id=self.point_id,
            edition=self.edition,
        )


def is_silent(device: DeviceRecord, last_frame_at: datetime, at: datetime, *, reports: int) -> bool:
    """Whether so many realtime reports in a row, and a minute for delays, have failed to come."""
    return at - last_frame_at > timedelta(seconds=device.realtime_interval_s * reports) + _MINUTE
