"""Checks of the monitors, as people record them for validity, read as records of the rules AN33 and AN34."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from source_monitoring.domain.anomaly.settings import number
from source_monitoring.domain.anomaly.window import OutletRecord

INTERVAL_OF: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType(
    {
        ("gas", "zero"): ("gas analyser", "zero/span calibration, automatic"),
        ("gas", "span"): ("gas analyser", "zero/span calibration, automatic"),
        ("particulate", "zero"): ("particulate", "zero/span calibration, automatic"),
        ("particulate", "span"): ("particulate", "zero/span calibration, automatic"),
        ("flow", "zero"): ("flow", "zero drift, automatic"),
        ("water analyser", "standard sample"): ("COD, NH3-N, TP, TN analysers", "automatic standard-sample check"),
    }
)
"""Row of the interval table (HJ 75, HJ 355) of a check. ASSUMPTION: the monitor checks itself automatically (24 h); to
disprove, an analyser without that function, whose longer interval is put on record as a quality check of its own.
"""


def records_of_check(
    at: datetime, factor: str, outcome: str, figures: Mapping[str, str | None]
) -> Iterator[OutletRecord]:
    """Yield the deviation of a check (AN33), and that it was done (AN34). `figures`: monitor, check, drift in %."""
    drift = number(figures.get("drift"))
    if drift is not None:
        yield OutletRecord(at, "standard-check", factor=factor, value=drift)
    interval = INTERVAL_OF.get((figures.get("monitor") or "", figures.get("check") or ""))
    if interval is not None:
        monitor, check = interval
        yield OutletRecord(at, "quality-check", factor=factor, name=check, text=monitor, passed=outcome == "pass")
