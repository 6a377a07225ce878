"""The rule `offline`: a device that has been away longer than the setting, and its return."""

from datetime import datetime

from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from park_schemas.supervision import FindingRecorded

from park_judging.domain.findings import point_finding

OFFLINE = "offline"

_REASON_ZH = {
    "closed-by-device": "设备断开连接",
    "idle": "长时间无数据",
    "connection-lost": "连接中断",
    "gateway-stopped": "网关停止",
    "replaced": "被新连接取代",
}


def went_offline(point: PointRecord, mn: str, since: datetime, reason: str, at: datetime) -> FindingRecorded:
    """Return the finding that a device has been offline from `since` until now (`at`)."""
    minutes = int((at - since).total_seconds() // 60)
    shown = f"{at_park(since):%Y-%m-%d %H:%M}"
    return point_finding(
        point, OFFLINE, "violated", key=(mn, since.timestamp()), start=since, end=at, recorded_at=at, mn=mn,
        zh=f"{point.name_zh}的数采仪 {mn} 自 {shown} 离线,已 {minutes} 分钟({_REASON_ZH.get(reason, reason or '原因不明')})。",
        en=f"Logger {mn} of {point.name_en} has been offline since {shown}, {minutes} min ({reason or 'no reason known'}).",
    )  # fmt: skip


def came_back(point: PointRecord, mn: str, since: datetime, at: datetime) -> FindingRecorded:
    """Return the finding that a device which had been offline from `since` is online again at `at`."""
    shown = f"{at_park(at):%Y-%m-%d %H:%M}"
    return point_finding(
        point, OFFLINE, "complied", key=(mn, since.timestamp()), start=since, end=at, recorded_at=at, mn=mn,
        zh=f"{point.name_zh}的数采仪 {mn} 已于 {shown} 恢复在线。",
        en=f"Logger {mn} of {point.name_en} is online again since {shown}.",
    )  # fmt: skip
