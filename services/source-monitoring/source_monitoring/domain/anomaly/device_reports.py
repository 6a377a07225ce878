"""What a device says of itself (HJ 212-2017 CN 3020, appendix on site information) as records of its outlet."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from park_schemas.telemetry import DeviceInfoReported

from source_monitoring.domain.anomaly.settings import number
from source_monitoring.domain.anomaly.window import OutletRecord

_SUFFIX = "-Info"
_KINDS: Mapping[str, str] = MappingProxyType({"1": "log", "2": "status", "3": "parameter"})
"""Class of an information code by its third digit: i11001 log, i12001 status, i13001 parameter (also i2..., i3...)."""


def records_of(report: DeviceInfoReported) -> Iterator[OutletRecord]:
    """Yield a record for each item, at the report's DataTime or its arrival. Items that are no `i...-Info` are no records.

    PolId names the factor of the items that follow it; it stands in a group of its own or with its items.
    """
    at = report.data_time or report.received_at
    factor = ""
    for group in report.items:
        factor = group.get("PolId", factor)
        for key, text in group.items():
            code = key.removesuffix(_SUFFIX).lower()
            if not key.endswith(_SUFFIX) or len(code) != 6 or not code.startswith("i"):
                continue
            kind = _KINDS.get(code[2])
            if kind is not None:
                value = None if kind == "log" else number(text)
                yield OutletRecord(at, kind, factor=factor, name=code, value=value, text=text.strip("/"))
