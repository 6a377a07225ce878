"""What an alarm is called, in Chinese and English, from the finding that speaks for it."""

from park_schemas.codes import Period
from park_schemas.supervision import FindingRecorded
from park_standards.anomaly.result import rules

RULE_NAMES: dict[str, tuple[str, str]] = {
    "exceedance": ("超标", "over the limit"),
    "water-class": ("水质类别超目标", "worse than the target class"),
    "total-control": ("排放总量预警", "total emission near or over the permit"),
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
    """Return (Chinese, English). An exceedance names the period and the multiple of the limit (value / limit)."""
    rule_zh, rule_en = RULE_NAMES.get(finding.rule, (finding.rule, finding.rule))
    factor_zh = finding.factor_name_zh or finding.factor or ""
    factor_en = finding.factor_name_en or finding.factor or ""
    if finding.ratio is not None and finding.factor is not None:
        sampled = finding.period is Period.DAY and finding.period_start == finding.period_end
        period_zh, period_en = SAMPLE if sampled else PERIOD_NAMES[finding.period]
        return (
            f"{finding.subject_name_zh} {factor_zh}{period_zh}{rule_zh}(为限值的{finding.ratio:.2f}倍)",
            f"{finding.subject_name_en}: {factor_en} {period_en} {rule_en} ({finding.ratio:.2f} x)",
        )
    zh = f"{finding.subject_name_zh} {factor_zh}{rule_zh}"
    en = f"{finding.subject_name_en}: {factor_en} {rule_en}" if factor_en else f"{finding.subject_name_en}: {rule_en}"
    return zh, en
