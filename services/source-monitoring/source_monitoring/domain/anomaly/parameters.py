"""Parameters of a rule: defaults of the library, overridden for an outlet."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

_UNITS = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days"}


class Parameters:
    """Numbers by name; names end in their unit when it is one of time (at_least_min, window_h, days_back_d)."""

    def __init__(self, defaults: Mapping[str, Decimal], overrides: Mapping[str, str]) -> None:
        self._values = {**defaults, **{name: Decimal(text) for name, text in overrides.items() if name in defaults}}

    def __getitem__(self, name: str) -> Decimal:
        return self._values[name]

    def time(self, name: str) -> timedelta:
        """Return a parameter as a length of time, by the unit at the end of its name."""
        return timedelta(**{_UNITS[name.rpartition("_")[2]]: float(self._values[name])})

    def count(self, name: str) -> int:
        return int(self._values[name])

    def as_text(self) -> dict[str, str]:
        """Return all of them as decimal text, for the record of a finding."""
        return {name: f"{value:f}" for name, value in self._values.items()}
