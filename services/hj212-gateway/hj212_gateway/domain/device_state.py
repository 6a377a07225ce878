"""What is known of a device's presence: one record an MN, changed by frames, silence and the end of connections."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from park_schemas.codes import SessionState
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import SessionChanged

from hj212_gateway.domain.clock_drift import ClockWatch

_MINUTE = timedelta(minutes=1)


@dataclass
class DeviceState:
    """Presence of one MN."""

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
    deviations: Counter[str] = field(default_factory=Counter)
    told_at: datetime | None = None
    system_type: str = "32"
    """ST of its newest frame that was no answer; commands to it carry the same."""
    clock: ClockWatch = field(default_factory=ClockWatch)
    takeovers: int = 0
    """How often another connection has taken the device over; `untold` of them since the last event said so."""
    untold: int = 0
    other_peer: str = ""
    takeover_told_at: datetime | None = None
    contested_at: datetime | None = None
    """The last takeover that followed another within a minute: two connections contend for one MN."""

    @property
    def clock_skew_s(self) -> float | None:
        """DataTime of the newest realtime frame minus its time of arrival, seconds; positive: the device is ahead."""
        return self.clock.skew_s

    def take_over(self, peer: str, at: datetime) -> bool:
        """Note that another connection speaks for the device; return whether that is to be announced.

        Two connections that take turns would announce every frame: each minute tells of one takeover, and how many
        there were.
        """
        self.takeovers += 1
        self.untold += 1
        self.other_peer = self.peer
        self.peer = peer
        if self.takeover_told_at is not None and at - self.takeover_told_at < _MINUTE:
            self.contested_at = at
            return False
        self.takeover_told_at = at
        return True

    def changed(self, at: datetime, reason: str = "") -> SessionChanged:
        """Return the event that says the present state; takeovers are told once."""
        self.told_at = at
        takeovers, self.untold = self.untold, 0
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
            takeovers=takeovers,
            other_peer=self.other_peer,
            clock_skew_s=self.clock.skew_s,
            clock_drift_s_per_day=self.clock.drift_s_per_day,
        )


def is_silent(device: DeviceRecord, last_frame_at: datetime, at: datetime, *, reports: int) -> bool:
    """Whether so many realtime reports in a row, and a minute for delays, have failed to come."""
    return at - last_frame_at > timedelta(seconds=device.realtime_interval_s * reports) + _MINUTE
