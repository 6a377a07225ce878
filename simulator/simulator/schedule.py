"""When a logger has something to say: realtime values on its own beat, interval records when their interval has ended. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from simulator.noise import seed_of
from simulator.records import DAY, HOUR, MINUTE, REALTIME, Record, interval_start, length_of
from simulator.state_file import StateFile

_BACK = {MINUTE: timedelta(hours=2), HOUR: timedelta(hours=24), DAY: timedelta(days=1)}
"""How far back a logger that has sent nothing yet (or not for long) fills in."""
_LATE_AFTER = timedelta(minutes=2)


class Schedule:
    """The records of one logger. `beat` spreads the realtime frames of all loggers over their interval."""

    def __init__(self, mn: str, state: StateFile, begin: datetime, *, minute_interval_min: int = 10) -> None:
        self._mn = mn
        self._minute_interval_min = minute_interval_min
        self._beat = seed_of(mn) % 1000 / 1000
        self._next_realtime: datetime | None = None
        self._interval_s = 0
        self._next = {command: self._first(command, state, begin) for command in _BACK}

    def _first(self, command: str, state: StateFile, begin: datetime) -> datetime:
        earliest = interval_start(command, begin - _BACK[command], self._minute_interval_min)
        sent = state.last_sent(self._mn, command)
        following = sent + length_of(command, self._minute_interval_min) if sent else earliest
        return max(earliest, following)

    def ended(self, now: datetime) -> Iterator[Record]:
        """Yield the interval records that have ended by `now` and were not yielded before, each kind in order."""
        for command in (MINUTE, HOUR, DAY):
            length = length_of(command, self._minute_interval_min)
            while self._next[command] + length <= now:
                start = self._next[command]
                yield Record(command, start, supplementary=now - (start + length) > _LATE_AFTER)
                self._next[command] = start + length

    def realtime(self, now: datetime, interval_s: int) -> Record | None:
        """Return the realtime record due at `now`, at most one a call; a new interval starts its own beat."""
        if self._next_realtime is None or interval_s != self._interval_s:
            self._interval_s = interval_s
            self._next_realtime = now + timedelta(seconds=interval_s * self._beat)
        if now < self._next_realtime:
            return None
        missed = (now - self._next_realtime) // timedelta(seconds=interval_s)
        self._next_realtime += timedelta(seconds=interval_s) * (missed + 1)
        return Record(REALTIME, now.replace(microsecond=0))
