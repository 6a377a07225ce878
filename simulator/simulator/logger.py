"""One data logger on its TCP line: says its records, answers the host, sends again what was not acknowledged.

The dialogue itself (9014 tracking, OverTime, ReCount, 9011/9012) is hj212.DeviceSession; this room gives it bytes, time and
records. One record is out at a time. Interval records that were not acknowledged go back to the front of the queue and leave
as supplementary data on the next connection; realtime values are not kept beyond a short queue, as in real loggers.
"""

import asyncio
import logging
import random
from collections import deque
from dataclasses import replace
from datetime import datetime
from typing import Any

import hj212
from park_schemas.park_time import PARK_TIME_ZONE

from simulator.device_keys import DeviceKeys
from simulator.effects import Action
from simulator.figures import Figures
from simulator.host_requests import NOTICES, Logger, LoggerSettings, answer_to
from simulator.operations import line_is_down
from simulator.park_plan import PointSite
from simulator.records import REALTIME, Group, Record, groups_of, length_of
from simulator.schedule import Schedule
from simulator.signal_model import SignalModel
from simulator.sim_clock import SimClock
from simulator.state_file import StateFile

log = logging.getLogger(__name__)

EDITIONS = {"2005": hj212.Edition.HJT_2005, "2017": hj212.Edition.HJ_2017, "2025": hj212.Edition.HJ_2025}
_KEPT_REALTIME = 20
_WRONG_PASSWORD = "000000"  # noqa: S105 - what a logger with a wrong password sends
_PARTIAL_FRAME_S = 10.0
_LATE_A_BEAT = 1
"""Most interval records a beat: a fleet that fills in a day must not stand in front of its own fresh values."""


class LoggerLine(asyncio.Protocol):
    """A logger: `beat` is called a few times a second by the fleet; the transport comes and goes."""

    def __init__(
        self,
        site: PointSite,
        settings: LoggerSettings,
        model: SignalModel,
        clock: SimClock,
        state: StateFile,
        figures: Figures,
        keys: DeviceKeys | None = None,
    ) -> None:
        """`keys` remembers a key that the host changes (1014)."""
        self.site = site
        self.settings = settings
        self._keys = keys
        self._clock = clock
        self._state = state
        self._figures = figures
        self._device = Logger(site, settings, model)
        self._schedule = Schedule(site.mn, state, clock.now(), minute_interval_min=settings.minute_interval_min)
        self._numbers = hj212.QnSequence()
        self._session = self._new_session()
        self._decoder = self._new_decoder()
        self._heard_at = 0.0
        self._transport: asyncio.Transport | None = None
        self._backlog: deque[Record] = deque()
        self._realtime: deque[Record] = deque(maxlen=_KEPT_REALTIME)
        self._out: Record | None = None
        self._quota = _LATE_A_BEAT
        self._random = random.Random(site.number)

    # --- the line -----------------------------------------------------------------------------------------------

    @property
    def is_connected(self) -> bool:
        return self._transport is not None

    @property
    def backlog(self) -> int:
        """Interval records that wait to be sent."""
        return len(self._backlog)

    def wants_line(self) -> bool:
        """Say whether the logger should have a connection now."""
        now = self._clock.now()
        if any(self._holds(action, now) for action in (Action.DISCONNECT, Action.GAP)):
            return False
        return not line_is_down(self.site, now, self._device.model.background)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._session = self._new_session()
        self._decoder = self._new_decoder()
        self._figures.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._put_back()

    def close(self) -> None:
        """Drop the connection, if there is one."""
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._clock.real_s()
        self._decoder.receive_data(data)
        while not isinstance(event := self._decoder.next_packet(), hj212.NeedData):
            if isinstance(event, hj212.Packet):
                self._do(self._session.receive(event, self._clock.real_s()))
            else:
                self._figures.unreadable += 1
        self._send_next()

    # --- time ---------------------------------------------------------------------------------------------------

    def beat(self) -> None:
        """Make what is due, send again what is late, send what waits."""
        now = self._clock.now() + self.settings.clock_offset
        self._device.now = now
        self._quota = _LATE_A_BEAT
        self._backlog.extend(record for record in self._schedule.ended(now) if not self._is_kept_back(record))
        record = self._schedule.realtime(now, self._realtime_interval(now))
        if record is not None and self.settings.realtime_on and self.is_connected:
            self._realtime.append(record)
        if not self.is_connected:
            return
        if not self.wants_line():
            self.close()
            return
        if self._decoder.pending and self._clock.real_s() - self._heard_at > _PARTIAL_FRAME_S:
            self._figures.unreadable += len(self._decoder.flush())
        self._session.identity = self._identity(now)
        self._do(self._session.tick(self._clock.real_s()))
        self._send_next()

    def _realtime_interval(self, now: datetime) -> int:
        effect = self._device.model.effects.on_line(self.site.code, Action.INTERVAL, now)
        return max(1, int(effect.amount)) if effect else self.settings.realtime_interval_s

    def _holds(self, action: Action, at: datetime) -> bool:
        return self._device.model.effects.on_line(self.site.code, action, at) is not None

    def _is_kept_back(self, record: Record) -> bool:
        """A record whose interval ended in a gap is sent only when the host asks for it (history)."""
        ended = record.start + length_of(record.command, self.settings.minute_interval_min)
        return self._holds(Action.GAP, ended)

    # --- saying -------------------------------------------------------------------------------------------------

    def _send_next(self) -> None:
        """Hand the next record to the session when nothing is out; fresh values go before late ones."""
        while self.is_connected and self._session.waiting == 0:
            self._delivered()
            if self._realtime:
                self._out = self._realtime.popleft()
            elif self._backlog and self._quota > 0:
                self._quota -= 1
                self._out = self._backlog.popleft()
            else:
                return
            self._say(self._out)

    def _say(self, record: Record) -> None:
        groups = groups_of(self._device.model, self.site, record, minute_interval_min=self.settings.minute_interval_min)
        self._figures.records += 1
        actions = self._session.upload(
            record.command,
            groups,
            at=_wall_time(self._device.now),
            now=self._clock.real_s(),
            ack=self.site.edition != "2005",
            resend=record.supplementary,
        )
        self._do(actions)

    def _delivered(self) -> None:
        if self._out is not None and self._out.command != REALTIME:
            self._state.delivered(self.site.mn, self._out.command, self._out.start)
        self._out = None

    def _put_back(self) -> None:
        if self._out is not None and self._out.command != REALTIME:
            self._backlog.appendleft(replace(self._out, supplementary=True))
        self._out = None

    # --- what the session wants ---------------------------------------------------------------------------------

    def _do(self, actions: list[Any]) -> None:
        for action in actions:
            match action:
                case hj212.Send():
                    self._write(action.frame)
                case hj212.Finished():
                    self._finished(action)
                case hj212.Execute():
                    self._execute(action.request)
                case hj212.Deliver():
                    self._notice(action.packet)

    def _finished(self, action: hj212.Finished) -> None:
        if action.outcome is hj212.Outcome.SUCCESS:
            self._figures.acknowledged += 1
            return
        self._figures.unanswered += 1
        log.info("no answer, the line is given up", extra={"mn": self.site.mn, "cn": action.cn})
        self._put_back()
        self.close()

    def _execute(self, request: hj212.Packet) -> None:
        self._figures.requests += 1
        key = self.settings.key
        answer = answer_to(self._device, request)
        if self._keys is not None and self.settings.key is not None and self.settings.key != key:
            self._keys.put(self.site.mn, self.settings.key)
        data: tuple[list[Group], ...] = answer.data
        actions = self._session.finish(
            request,
            answer.result,
            data,
            at=_wall_time(self._device.now),
            now=self._clock.real_s(),
            own_numbers=answer.own_numbers,
            ack=answer.own_numbers and request.needs_ack and self.site.edition != "2005",
        )
        self._do(actions)

    def _notice(self, packet: hj212.Packet) -> None:
        if packet.cn in NOTICES:
            NOTICES[packet.cn](self._device, packet)

    def _write(self, frame: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        bad = self._device.model.effects.on_line(self.site.code, Action.BAD_CRC, self._clock.now())
        if bad is not None and self._random.random() < bad.amount:
            frame = with_bad_crc(frame)
            self._figures.bad_crc += 1
        self._figures.frames += 1
        self._figures.bytes += len(frame)
        self._transport.write(frame)

    # --- who it is ----------------------------------------------------------------------------------------------

    def _new_session(self) -> hj212.DeviceSession:
        settings = hj212.SessionSettings(over_time_s=self.settings.over_time_s, resends=self.settings.re_count)
        return hj212.DeviceSession(self._identity(self._clock.now()), settings, self._numbers)

    def _identity(self, now: datetime) -> hj212.Identity:
        effects = self._device.model.effects
        stranger = effects.on_line(self.site.code, Action.UNKNOWN_MN, now)
        forgetful = effects.on_line(self.site.code, Action.WRONG_PASSWORD, now)
        return hj212.Identity(
            mn=stranger.text if stranger else self.site.mn,
            st=self.site.plan.system_type,
            pw=_WRONG_PASSWORD if forgetful else self.settings.password,
            edition=EDITIONS[self.site.edition],
            key=self.settings.key,
        )

    def _new_decoder(self) -> hj212.Decoder:
        return hj212.Decoder(key_for=lambda _: self.settings.key)


def with_bad_crc(frame: bytes) -> bytes:
    """Return the frame with another CRC, everything else as it was."""
    return frame[:-6] + (b"0000" if frame[-6:-2] != b"0000" else b"FFFF") + frame[-2:]


def _wall_time(at: datetime) -> datetime:
    return at.astimezone(PARK_TIME_ZONE).replace(tzinfo=None)
