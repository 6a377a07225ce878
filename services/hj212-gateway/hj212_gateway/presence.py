"""Which devices are here: the state of every MN this gateway has heard, and the events its changes make."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from hj212 import Packet
from park_schemas.codes import SessionState
from park_schemas.registry import DeviceRecord
from park_schemas.telemetry import SessionChanged

from hj212_gateway.domain.clock_drift import ClockWatch
from hj212_gateway.domain.device_state import DeviceState, is_silent

Announce = Callable[[SessionChanged], None]

_REMIND_UNREGISTERED = timedelta(minutes=1)
_MOST_UNREGISTERED = 10_000


class Presence:
    """Keeps DeviceState up to date and announces changes. Single-threaded: called from the event loop only."""

    def __init__(self, announce: Announce) -> None:
        self._announce = announce
        self._devices: dict[str, DeviceState] = {}
        self._unregistered: dict[str, DeviceState] = {}
        self._dirty: set[str] = set()
        self._known_clocks: dict[str, ClockWatch] = {}
        self._behind: dict[UUID, set[str]] = {}
        """MNs heard on each open connection: 10 000 connections that end at once must not search 10 000 devices each."""

    def heard(
        self,
        packet: Packet,
        device: DeviceRecord,
        connection_id: UUID,
        peer: str,
        at: datetime,
        deviations: Collection[str] = (),
    ) -> None:
        """Take note of an admitted frame; the newest connection serves, the one before is reported as replaced."""
        state = self._devices.get(packet.mn)
        if state is None:
            state = self._devices[packet.mn] = DeviceState(
                packet.mn, device.point_id, connection_id, peer, SessionState.OFFLINE, at, at
            )
            state.clock = self._known_clocks.pop(packet.mn, state.clock)
        elif state.connection_id != connection_id and state.state is SessionState.ONLINE:
            self._take_over(state, connection_id, peer, at)
        if state.connection_id != connection_id or state.frames == 0:
            self._move(state, connection_id)
        state.peer, state.point_id = peer, device.point_id
        state.last_frame_at = at
        state.edition = packet.edition.value
        if packet.st != "91":
            state.system_type = packet.st
        state.frames += 1
        state.bytes_received += len(packet.raw)
        if deviations:
            state.deviations.update(deviations)
        if state.state is not SessionState.ONLINE:
            self._set(state, SessionState.ONLINE, at, "")
        self._dirty.add(packet.mn)

    def measured(self, mn: str, skew_s: float, at: datetime) -> None:
        """Take note of how far the device's clock is from ours, in seconds (positive: the device is ahead)."""
        if state := self._devices.get(mn):
            state.clock.measure(skew_s, at)

    def skew_of(self, mn: str) -> float | None:
        """Return how far a device's clock is ahead, in seconds; None while nothing was measured."""
        state = self._devices.get(mn)
        return state.clock.skew_s if state else None

    def remember_clocks(self, clocks: Mapping[str, ClockWatch]) -> None:
        """Take over what an earlier run knew of the clocks of devices that have not spoken yet."""
        self._known_clocks.update(clocks)

    def heard_stranger(self, mn: str, connection_id: UUID, peer: str, at: datetime) -> None:
        """Take note of an MN that is not registered; told at once and then again each minute while it speaks."""
        state = self._unregistered.get(mn)
        if state is None:
            if len(self._unregistered) >= _MOST_UNREGISTERED:
                self._unregistered.pop(next(iter(self._unregistered)))
            state = DeviceState(mn, None, connection_id, peer, SessionState.UNREGISTERED, at, at)
            self._unregistered[mn] = state
        state.frames += 1
        state.last_frame_at = at
        if state.told_at is None or at - state.told_at >= _REMIND_UNREGISTERED:
            self._announce(state.changed(at))

    def connection_closed(self, connection_id: UUID, at: datetime, reason: str) -> None:
        """All devices behind the connection are offline."""
        for mn in self._behind.pop(connection_id, ()):
            state = self._devices[mn]
            if state.connection_id == connection_id and state.state is SessionState.ONLINE:
                self._set(state, SessionState.OFFLINE, at, reason)

    def state_of(self, mn: str) -> DeviceState | None:
        """Return what is known of a registered device, None before its first frame."""
        return self._devices.get(mn)

    def online(self) -> list[DeviceState]:
        """Return the devices that are here."""
        return [state for state in self._devices.values() if state.state is SessionState.ONLINE]

    def devices_behind(self, connection_id: UUID) -> frozenset[str]:
        """Return the MNs that were heard on a connection and are served by it."""
        return frozenset(self._behind.get(connection_id, ()))

    def moved(self, mn: str, connection_id: UUID, since: datetime) -> DeviceState | None:
        """Another gateway serves the device since then: it is not ours any more, and there is nothing to announce."""
        state = self._devices.get(mn)
        if state is None or state.state is not SessionState.ONLINE:
            return None
        if state.connection_id == connection_id or state.since >= since:
            return None
        state.state, state.since = SessionState.OFFLINE, since
        return state

    def check_silence(self, device_of: Callable[[str], DeviceRecord | None], at: datetime, *, reports: int) -> None:
        """Devices that have missed their reports are offline, though their connection may still stand."""
        for state in self._devices.values():
            device = device_of(state.mn)
            if (
                device is not None
                and state.state is SessionState.ONLINE
                and is_silent(device, state.last_frame_at, at, reports=reports)
            ):
                self._set(state, SessionState.OFFLINE, at, "silent")

    def take_changes(self) -> list[DeviceState]:
        """Return the devices that changed since the last call."""
        changed = [self._devices[mn] for mn in self._dirty]
        self._dirty.clear()
        return changed

    def put_back(self, states: Iterable[DeviceState]) -> None:
        """Mark devices as changed again (they could not be stored)."""
        self._dirty.update(state.mn for state in states)

    def _take_over(self, state: DeviceState, connection_id: UUID, peer: str, at: datetime) -> None:
        """The newest connection serves. The one before is reported as replaced, by an event that still names it."""
        before = state.peer
        if state.take_over(peer, at):
            state.peer, state.other_peer = before, peer
            self._set(state, SessionState.OFFLINE, at, "replaced")
            state.peer, state.other_peer = peer, before

    def _move(self, state: DeviceState, connection_id: UUID) -> None:
        if before := self._behind.get(state.connection_id):
            before.discard(state.mn)
        state.connection_id = connection_id
        self._behind.setdefault(connection_id, set()).add(state.mn)

    def _set(self, state: DeviceState, new: SessionState, at: datetime, reason: str) -> None:
        state.state, state.since = new, at
        self._dirty.add(state.mn)
        self._announce(state.changed(at, reason))
