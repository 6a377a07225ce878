"""Rules on the data link: AN11, AN31, AN32, AN44 to AN46."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from park_standards.anomaly.result import Anomaly, Severity, found
from park_standards.rounding import plain
from park_standards.transmission import HourCounts

_MINUTE = timedelta(minutes=1)


def clock_drift(
    device_time: datetime,
    server_time: datetime,
    *,
    warn: timedelta = _MINUTE,
    alarm: timedelta = timedelta(minutes=5),
) -> tuple[Anomaly, ...]:
    """AN11: the device's clock is more than 1 min (alarm: 5 min) off the server's. Network delay is part of it."""
    off = device_time - server_time
    if abs(off) <= warn:
        return ()
    seconds = int(off.total_seconds())
    return (
        found(
            "AN11", server_time, server_time, f"the clock is {seconds:+d} s off", f"时钟偏差 {seconds:+d} 秒",
            severity=Severity.ALARM if abs(off) > alarm else Severity.WARN, seconds=seconds,
        ),
    )  # fmt: skip


def offline(
    last_packet: datetime,
    now: datetime,
    interval: timedelta,
    *,
    suspect_intervals: int = 2,
    offline_after: timedelta = timedelta(minutes=60),
    missing_after: timedelta = timedelta(hours=24),
) -> tuple[Anomaly, ...]:
    """AN31: no packet for 2 real-time intervals (info: suspect), 60 min (warn: offline), 24 h (alarm: missing report)."""
    silent = now - last_packet
    stages = (
        (missing_after, Severity.ALARM, "missing", "缺报"),
        (offline_after, Severity.WARN, "offline", "离线"),
        (suspect_intervals * interval, Severity.INFO, "suspect", "疑似离线"),
    )
    for after, severity, english, chinese in stages:
        if silent > after:
            minutes = int(silent / _MINUTE)
            return (
                found(
                    "AN31", last_packet, now, f"{english}: no packet for {minutes} min",
                    f"{chinese}:{minutes} 分钟无数据包", severity=severity, stage=english, minutes=minutes,
                ),
            )  # fmt: skip
    return ()


def factor_missing(
    start: datetime, end: datetime, missing_hours: Mapping[str, int], *, warn: int = 1, alarm: int = 4
) -> tuple[Anomaly, ...]:
    """AN32: an expected factor was absent from packets that did arrive: 1 hour of a day warns, 4 hours alarm."""
    return tuple(
        found(
            "AN32", start, end, f"{factor} is missing in {hours} hours", f"因子 {factor} 缺失 {hours} 小时",
            severity=Severity.ALARM if hours >= alarm else Severity.WARN, factor=factor, hours=hours,
        )
        for factor, hours in sorted(missing_hours.items())
        if hours >= warn
    )  # fmt: skip


def total_inconsistent(
    start: datetime, uploaded: Decimal, own: Decimal, *, share: Decimal = Decimal("0.05")
) -> tuple[Anomaly, ...]:
    """AN44: the uploaded total of a day differs from our own by more than 5 % of ours. Any upload differs from zero."""
    if abs(uploaded - own) <= share * abs(own):
        return ()
    return (
        found(
            "AN44", start, start + timedelta(days=1), f"uploaded total {plain(uploaded)}, own total {plain(own)}",
            f"上传总量 {plain(uploaded)},自算总量 {plain(own)}", uploaded=uploaded, own=own,
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Packet:
    """A received data packet: QN, and a digest of its content without QN and CRC.

    The digest must cover DataTime, else two quiet periods look like a replay; re-sent packets (补传) are not given.
    """

    at: datetime
    request_id: str
    digest: str


def replayed_packets(packets: Iterable[Packet]) -> tuple[Anomaly, ...]:
    """AN45: the same content under a new QN, or the same QN with other content. An exact repetition is a plain re-send."""
    by_digest: dict[str, Packet] = {}
    by_request: dict[str, Packet] = {}
    anomalies = []
    for packet in sorted(packets, key=lambda packet: packet.at):
        same_content, same_request = by_digest.get(packet.digest), by_request.get(packet.request_id)
        first = None
        if same_content and same_content.request_id != packet.request_id:
            first, english, chinese = same_content, "the same content came under a new QN", "相同内容以新的 QN 重复上报"
        elif same_request and same_request.digest != packet.digest:
            first, english, chinese = same_request, "the same QN came with other content", "相同 QN 内容不同"
        if first is not None:
            anomalies.append(
                found(
                    "AN45", first.at, packet.at, english, chinese, first_request=first.request_id,
                    second_request=packet.request_id,
                )
            )  # fmt: skip
        by_digest.setdefault(packet.digest, packet)
        by_request.setdefault(packet.request_id, packet)
    return tuple(anomalies)


def capture_low(
    start: datetime, end: datetime, counts: HourCounts, *, least: Decimal = Decimal("0.9")
) -> tuple[Anomaly, ...]:
    """AN46: of the running hours of a month less than 90 % are valid. Nothing is said of a month without running hours."""
    rate = counts.effective_rate
    if rate is None or rate >= least:
        return ()
    percent = round(rate * 100, 2)
    return (
        found(
            "AN46", start, end, f"only {plain(percent)} % of the running hours are valid",
            f"有效小时仅占运行小时的 {plain(percent)} %", valid=counts.valid, expected=counts.expected,
            rate_percent=percent,
        ),
    )  # fmt: skip
