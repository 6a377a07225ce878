"""What the figures of an anomaly's evidence are called."""

from collections.abc import Mapping
from types import MappingProxyType

EVIDENCE_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "absolute": ("允许超出", "allowed above"),
        "access": ("门禁事件", "access"),
        "after": ("之后", "after"),
        "allowed": ("允许值", "allowed"),
        "allowed_share": ("允许比例", "allowed share"),
        "autocorrelation": ("自相关", "autocorrelation"),
        "baseline": ("基准氧含量 %", "reference oxygen %"),
        "before": ("之前", "before"),
        "calibrations": ("校准次数", "calibrations"),
        "cap": ("封顶值", "cap"),
        "capped": ("等于封顶值的个数", "values at the cap"),
        "changes": ("变化次数", "changes"),
        "check": ("质控项目", "check"),
        "correlation": ("相关系数", "correlation"),
        "covered": ("被标记的小时", "hours that are marked"),
        "crowded": ("压在限值下方的个数", "values just below the limit"),
        "day_mean": ("日均值", "daily mean"),
        "days": ("天数", "days"),
        "detection_limit": ("检出限", "detection limit"),
        "deviation_percent": ("偏差 %", "deviation %"),
        "difference": ("最大差值", "largest difference"),
        "edge": ("门限", "threshold"),
        "exceedances": ("超标小时", "hours over the limit"),
        "expected": ("应有小时", "expected hours"),
        "factor": ("因子", "factor"),
        "first_request": ("先收到的 QN", "first QN"),
        "flow_per_load": ("单位负荷流量", "flow for each unit of load"),
        "highest": ("上限", "highest"),
        "hours": ("小时数", "hours"),
        "inlet": ("入口", "inlet"),
        "level": ("预警级别", "level"),
        "limit": ("限值", "limit"),
        "lowest": ("下限", "lowest"),
        "manual": ("手工结果", "manual result"),
        "mean": ("均值", "mean"),
        "means": ("低于要求的 5 分钟均值个数", "five-minute means below"),
        "measure_id": ("减排措施编号", "measure"),
        "measured": ("实测浓度", "measured"),
        "minutes": ("持续分钟", "minutes"),
        "new": ("新值", "new"),
        "old": ("旧值", "old"),
        "online": ("在线值", "online"),
        "order_id": ("减排指令编号", "order"),
        "outlet": ("出口", "outlet"),
        "own": ("自算", "ours"),
        "oxygen": ("含氧量 %", "oxygen %"),
        "p5": ("近 30 天 5 % 分位数", "5 % quantile of 30 days"),
        "parameter": ("参数", "parameter"),
        "part": ("对比值", "compared with"),
        "period_hours": ("周期(小时)", "period in hours"),
        "range": ("量程上限", "upper range"),
        "rate_percent": ("有效率 %", "valid %"),
        "ratio": ("比值", "ratio"),
        "recomputed": ("重算折算浓度", "recomputed"),
        "reference": ("基准值", "usual value"),
        "removal_percent": ("去除率 %", "removal %"),
        "reported": ("上报折算浓度", "reported"),
        "results": ("相同结果次数", "identical results"),
        "running": ("生产判定比例", "running above"),
        "second_request": ("后收到的 QN", "second QN"),
        "seconds": ("偏差秒数", "seconds"),
        "share": ("比例", "share"),
        "sigma": ("标准差", "standard deviation"),
        "stage": ("阶段", "stage"),
        "standard": ("标样值", "standard"),
        "step": ("一步变化", "step"),
        "temperature": ("温度 ℃", "temperature ℃"),
        "treating": ("治理判定比例", "treating above"),
        "uploaded": ("上传", "uploaded"),
        "usual": ("平时", "usual"),
        "valid": ("有效小时", "valid hours"),
        "value": ("数值", "value"),
        "values": ("数值个数", "values"),
        "variance": ("方差", "variance"),
        "violation": ("是否违规", "violation"),
        "work_order": ("工单", "work order"),
    }
)


def evidence_shown(evidence: Mapping[str, str]) -> list[dict[str, str]]:
    """Return evidence with the names of its figures in both languages, in the order it was said."""
    return [
        {"name": name, "name_zh": zh, "name_en": en, "value": value}
        for name, value in evidence.items()
        for zh, en in (EVIDENCE_WORDS.get(name, (name, name)),)
    ]
