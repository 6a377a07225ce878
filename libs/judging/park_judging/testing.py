"""Builders for tests of judging and of the services that stand on it."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from park_schemas.codes import Medium, Period
from park_schemas.envelope import Event
from park_schemas.registry import LimitInForce, MonitoredFactor, PointRecord
from park_schemas.telemetry import Measurement, ReadingsReported

PARK_ID = UUID(int=0xA0)
ENTERPRISE_ID = UUID(int=0xE0)
_COMMANDS = {Period.REALTIME: "2011", Period.MINUTE: "2051", Period.HOUR: "2061", Period.DAY: "2031"}


class PointsInMemory:
    """A registry view that tests fill by hand."""

    def __init__(self, records: Iterable[PointRecord] = ()) -> None:
        self._records = {str(record.point_id): record for record in records}
        self._listeners: list[Callable[[str, PointRecord | None], None]] = []

    def get(self, key: str) -> PointRecord | None:
        return self._records.get(key)

    def values(self) -> Iterable[PointRecord]:
        return list(self._records.values())

    def listen(self, listener: Callable[[str, PointRecord | None], None]) -> None:
        self._listeners.append(listener)

    def put(self, record: PointRecord) -> None:
        """Take a record in, as the registry topic would."""
        self._records[str(record.point_id)] = record
        for listener in self._listeners:
            listener(str(record.point_id), record)


def limit(
    factor: str = "w01018",
    *,
    upper: str | None = "50",
    lower: str | None = None,
    unit: str = "mg/L",
    averaging: str = "hour",
    basis: str = "measured",
    limit_id: str | None = None,
    valid_from: date = date(2020, 1, 1),
    valid_to: date | None = None,
    standard: str = "GB 31571-2015",
) -> LimitInForce:
    """Return a limit row; standard and clause are those of a test, not of the world."""
    return LimitInForce(
        limit_id=limit_id or f"TEST/{factor}/{averaging}/{basis}",
        factor=factor,
        unit=unit,
        averaging=averaging,
        standard=standard,
        clause="表1",
        valid_from=valid_from,
        valid_to=valid_to,
        upper=upper,
        lower=lower,
        basis=basis,
    )


def factor(code: str = "w01018", unit: str = "mg/L", decimals: int = 1) -> MonitoredFactor:
    return MonitoredFactor(
        factor=code, name_zh="化学需氧量" if code == "w01018" else code, name_en="COD" if code == "w01018" else code, unit=unit,
        decimals=decimals,
    )  # fmt: skip


def point(
    *limits: LimitInForce,
    factors: Iterable[MonitoredFactor] | None = None,
    medium: Medium = Medium.WASTE_WATER,
    point_id: UUID | None = None,
    enterprise_id: UUID | None = ENTERPRISE_ID,
) -> PointRecord:
    """Return an outlet that reports COD, or the given factors."""
    return PointRecord(
        point_id=point_id or uuid4(),
        park_id=PARK_ID,
        code="DW001",
        name_zh="总排口",
        name_en="Main outlet",
        medium=medium,
        longitude=120.1,
        latitude=33.2,
        enterprise_id=enterprise_id,
        enterprise_name_zh="甲化工",
        enterprise_name_en="Jia Chemicals",
        factors=list(factors) if factors is not None else [factor()],
        limits=list(limits),
    )


def readings(
    of: PointRecord,
    at: datetime,
    values: dict[str, str] | None = None,
    *,
    period: Period = Period.REALTIME,
    mark: str | None = "N",
    mn: str | None = None,
    received_at: datetime | None = None,
    edition: str = "2017",
) -> Event[ReadingsReported]:
    """Return a frame's event. Keys of `values` are "factor" (Rtd or Avg by the period) or "factor-Attribute"."""
    usual = "Rtd" if period is Period.REALTIME else "Avg"
    by_factor: dict[str, dict[str, str]] = {}
    for key, text in (values or {"w01018": "31.5"}).items():
        code, _, attribute = key.partition("-")
        by_factor.setdefault(code, {})[attribute or usual] = text
    body = ReadingsReported(
        mn=mn or f"MN{of.point_id.hex[-12:]}",
        point_id=of.point_id,
        edition=edition,
        system_type="32",
        command=_COMMANDS[period],
        period=period,
        data_time=at,
        received_at=received_at or max(at + timedelta(seconds=1), datetime.now(UTC) - timedelta(days=3000)),
        measurements=[Measurement(factor=code, values=sent, mark=mark) for code, sent in by_factor.items()],
    )
    return Event(type="telemetry.readings.reported", source="hj212-gateway", subject=body.mn, time=at, body=body)


def stated(record: PointRecord) -> Event[PointRecord]:
    """Return the event by which the register states a point."""
    at = datetime.now(UTC) - timedelta(hours=2)
    return Event(type="registry.point.stated", source="archive", subject=str(record.point_id), time=at, body=record)
