"""Time of the simulation: the machine's clock, or one that runs faster from a chosen start."""

import asyncio
import time
from datetime import UTC, datetime, timedelta


class SimClock:
    """Simulated time = start + elapsed * speed. With a start in the past it stops hurrying when it reaches the present."""

    def __init__(self, *, start: datetime | None = None, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError(f"speed must be above 0, is {speed}")
        self._real_start = datetime.now(UTC)
        self._monotonic = time.monotonic()
        self.start = start or self._real_start
        self.speed = speed
        self._catches_up = start is not None and start < self._real_start

    def now(self) -> datetime:
        """Return the simulated instant, aware, UTC."""
        elapsed = time.monotonic() - self._monotonic
        simulated = self.start + timedelta(seconds=elapsed * self.speed)
        present = self._real_start + timedelta(seconds=elapsed)
        return min(simulated, present) if self._catches_up else simulated

    @staticmethod
    def real_s() -> float:
        """Return real seconds for time-outs of the protocol (monotonic)."""
        return time.monotonic()

    async def pause(self, simulated_s: float) -> None:
        """Wait for a time in simulated seconds."""
        await asyncio.sleep(max(0.02, simulated_s / self.speed))
