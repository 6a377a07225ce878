"""How far a device's clock is off, and how much it gains or loses a day.

A frame is always late by the way it took, never early, so the least late one of some minutes tells the clock best. The drift
is the slope between the first such figure since the clock was last set (the reference) and the newest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=10)
_LEAST_SPAN = timedelta(hours=1)
_STEP_S = 5.0
"""ASSUMPTION: a change of more than 5 s from one window to the next is no drift but a clock that was set. To disprove: a
clock that runs off by more than 12 minutes a day."""
_DAY_S = 86_400.0


@dataclass
class ClockWatch:
    """The clock of one device. `skew_s`: ahead of ours by so many seconds (of the newest frame)."""

    skew_s: float | None = None
    reference_at: datetime | None = None
    reference_skew_s: float | None = None
    drift_s_per_day: float | None = None
    _window_began: datetime | None = None
    _window_best: float = 0.0
    _last: float | None = None

    def measure(self, skew_s: float, at: datetime) -> None:
        """Take the skew of a realtime frame that arrived at `at`. Called for every frame: no work but comparisons."""
        self.skew_s = skew_s
        if self._window_began is None:
            self._window_began, self._window_best = at, skew_s
        elif at - self._window_began >= WINDOW:
            self._close_window(self._window_began)
            self._window_began, self._window_best = at, skew_s
        elif skew_s > self._window_best:
            self._window_best = skew_s

    def _close_window(self, at: datetime) -> None:
        figure, expected = self._window_best, self._expected(at)
        self._last = figure
        if expected is None or abs(figure - expected) > _STEP_S:
            self.reference_at, self.reference_skew_s, self.drift_s_per_day = at, figure, None
        elif self.reference_at is not None and self.reference_skew_s is not None:
            span = at - self.reference_at
            if span >= _LEAST_SPAN:
                self.drift_s_per_day = (figure - self.reference_skew_s) / (span.total_seconds() / _DAY_S)

    def _expected(self, at: datetime) -> float | None:
        """Return the figure of the window before; after a restart, what reference and drift foretell."""
        if self._last is not None or self.reference_at is None or self.reference_skew_s is None:
            return self._last
        days = (at - self.reference_at).total_seconds() / _DAY_S
        return self.reference_skew_s + (self.drift_s_per_day or 0.0) * days
