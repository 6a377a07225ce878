"""What an alarm is called, in Chinese and English, from the finding that speaks for it."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from park_schemas.codes import Medium, Period
from park_schemas.supervision import FindingRecorded
from park_standards.anomaly.result import rules

RULE_NAMES: dict[str, tuple[str, str]] = {
    "exceedance": ("超标", "over the limit"),
    "water-class": ("水质类别超目标", "worse than the target class"),
    "total-control": ("排放总量预警", "total emission near or over the permit"),
    "total-pace": ("排放总量进度超前", "total emission ahead of the linear pace"),
    "offline": ("设备离线", "device offline"),
    "missing-data": ("数据缺失", "data missing"),
    "implausible-value": ("数值不合理", "implausible value"),
    "sudden-change": ("数值突变", "sudden change"),
    "regional-event": ("区域性污染事件", "regional event"),
    "transmission": ("传输有效率不达标", "effective transmission below the mark"),
    "mark-contradiction": ("标记与数据矛盾", "mark contradicts the data"),
    "mark-cap": ("标记时长接近或超过上限", "hours of marks near or over their cap"),
    "qaqc-due": ("质控检查即将到期", "quality check due within 24 h"),
    "qaqc-overdue": ("质控检查逾期", "quality check overdue"),
    "manual-overdue": ("自行监测逾期", "manual monitoring overdue"),
    "card-balance": ("排污总量卡余额不足", "card balance low"),
    "card-difference": ("总量卡读数与平台核算不符", "card reading differs from own computation"),
    "completeness": ("数据完整率不达标", "completeness below the mark"),
    "ORDER": ("减排指令未落实", "ordered reduction not kept"),
    **{one.rule_id: (one.name_zh, one.name_en) for one in rules().values()},
}

PERIOD_NAMES: dict[Period, tuple[str, str]] = {
    Period.REALTIME: ("实时值", "real-time value"),
    Period.MINUTE: ("分钟值", "minute value"),
    Period.HOUR: ("小时均值", "hourly mean"),
    Period.DAY: ("日均值", "daily mean"),
}
SAMPLE = ("采样结果", "sample")
"""A finding of a day that begins and ends at one instant is of one sample of a manual campaign, no mean."""


def titles(finding: FindingRecorded) -> tuple[str, str]:
    """Return (Chinese, English): who, what, which rule, and how far where that is a figure people know."""
    rule_zh, rule_en = RULE_NAMES.get(finding.rule, (finding.rule, finding.rule))
    what_zh, what_en = _what(finding)
    far_zh, far_en = _FAR[finding.rule](finding) if finding.rule in _FAR else ("", "")
    named_en = f"{what_en} {rule_en}" if what_en else rule_en
    return f"{finding.subject_name_zh} {what_zh}{rule_zh}{far_zh}", f"{finding.subject_name_en}: {named_en}{far_en}"


def _what(finding: FindingRecorded) -> tuple[str, str]:
    """The factor, with the kind of value where several are judged. Levels of noise have the time of day in their name."""
    zh, en = finding.factor_name_zh or finding.factor or "", finding.factor_name_en or finding.factor or ""
    if finding.rule != "exceedance" or finding.factor is None:
        return zh, en
    if _is_sample(finding):
        return f"{zh}{SAMPLE[0]}", f"{en} {SAMPLE[1]}"
    if finding.medium is Medium.NOISE:
        return zh, en
    period_zh, period_en = PERIOD_NAMES[finding.period]
    return f"{zh}{period_zh}", f"{en} {period_en}"


def _is_sample(finding: FindingRecorded) -> bool:
    return finding.period is Period.DAY and finding.period_start == finding.period_end


def _over_the_limit(finding: FindingRecorded) -> tuple[str, str]:
    """Value / limit; of noise the decibels above the limit: a level has no multiple."""
    if finding.medium is Medium.NOISE:
        over = _decibels_over(finding)
        return (f"(超出{over} {finding.unit})", f" ({over} {finding.unit} over)") if over else ("", "")
    if finding.ratio is None:
        return "", ""
    return f"(为限值的{finding.ratio:.2f}倍)", f" ({finding.ratio:.2f} x)"


def _decibels_over(finding: FindingRecorded) -> str:
    try:
        over = Decimal(finding.observed or "") - Decimal(finding.limit or "")
    except InvalidOperation:
        return ""
    return f"{over:f}" if over > 0 else ""


def _share_used(zh: str, en: str) -> Callable[[FindingRecorded], tuple[str, str]]:
    def far(finding: FindingRecorded) -> tuple[str, str]:
        if finding.ratio is None:
            return "", ""
        return f"({zh}{finding.ratio:.0%})", f" ({finding.ratio:.0%} {en})"

    return far


_FAR: Mapping[str, Callable[[FindingRecorded], tuple[str, str]]] = MappingProxyType(
    {
        "exceedance": _over_the_limit,
        "total-control": _share_used("已用许可量的", "of the permitted quantity"),
        "total-pace": _share_used("为线性进度的", "of the linear pace"),
        "card-balance": _share_used("已用充值量的", "of what was charged"),
    }
)
"""Rules whose `ratio` is a figure people know. That of the others only grades (park_schemas.supervision)."""
