"""What the parameters of the rules mean: name, unit, bounds and whether they are counted. One table for form and checks."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ParameterKind:
    """A parameter. Bounds are inclusive; `whole`: only whole numbers. The unit is empty for a share (1 = 100 %) or a ratio."""

    name_zh: str
    name_en: str
    unit: str
    lowest: str
    highest: str
    whole: bool = False

    def refusal(self, value: Decimal) -> tuple[str, str] | None:
        """Return why a value cannot be, in both languages; None when it can."""
        if not Decimal(self.lowest) <= value <= Decimal(self.highest):
            return f"应在 {self.lowest} 到 {self.highest} 之间", f"must lie between {self.lowest} and {self.highest}"
        if self.whole and value != value.to_integral_value():
            return "应为整数", "must be a whole number"
        return None


def _share(zh: str, en: str, highest: str = "1") -> ParameterKind:
    return ParameterKind(zh, en, "", "0", highest)


def _minutes(zh: str, en: str) -> ParameterKind:
    return ParameterKind(zh, en, "min", "1", "1440")


def _count(zh: str, en: str, lowest: str, highest: str, unit: str = "") -> ParameterKind:
    return ParameterKind(zh, en, unit, lowest, highest, whole=True)


_LEAST_HOURS = _count("至少有数据的小时", "fewest hours with data", "1", "744", "h")

COMMON: Mapping[str, ParameterKind] = MappingProxyType(
    {
        "at_least_min": _minutes("至少持续", "lasts at least"),
        "least_hours": _LEAST_HOURS,
        "back_h": ParameterKind("向前查看", "looks back", "h", "1", "24"),
        "near": _share("接近限值的比例", "share of the limit that is near"),
        "within_h": ParameterKind("在此时间内", "within", "h", "0.1", "168"),
        "tolerance": _share("允许偏差", "allowed deviation", "5"),
        "running": _share("生产运行的判定比例(占额定)", "share of rated that is running"),
        "treating": _share("治理运行的判定比例(占额定)", "share of rated that is treating"),
        "range_share": _share("占量程比例", "share of the range"),
        "pump_running": ParameterKind("泵运行电流下限", "current above which a pump runs", "A", "0", "1000"),
        "window_d": _count("窗口", "window", "2", "31", "d"),
        "window_h": ParameterKind("窗口", "window", "h", "1", "72"),
    }
)
"""Parameters that mean the same at every rule."""

OF_RULE: Mapping[tuple[str, str], ParameterKind] = MappingProxyType(
    {
        ("AN01", "share"): _share("波动小于量程(或均值)的比例", "varies less than this share of range or mean"),
        ("AN01", "gas_window_h"): ParameterKind("废气恒值窗口", "window for gas", "h", "1", "72"),
        ("AN01", "identical"): _count("废水相同结果次数", "identical results of water", "2", "100"),
        ("AN03", "share"): _share("负值超过量程的比例", "share of the range below zero"),
        ("AN04", "share"): _share("达到量程的比例", "share of the range"),
        ("AN05", "widest"): ParameterKind("量程最大为限值的倍数", "widest range in limits", "", "1", "100"),
        ("AN05", "narrowest"): ParameterKind("量程最小为限值的倍数", "narrowest range in limits", "", "0.1", "10"),
        ("AN06", "sigmas"): ParameterKind("标准差倍数", "sigmas", "", "1", "20"),
        ("AN06", "history"): _count("历史数值个数", "values of the history", "5", "60"),
        ("AN06", "step_share"): _share("一步变化占限值比例", "step as share of the limit", "5"),
        ("AN07", "fall"): _share("降到此前的比例以下", "falls below this share of before"),
        ("AN07", "periods"): _count("在几个周期内", "within periods", "1", "6"),
        ("AN08", "band"): _share("压限区间下沿(占限值)", "lower edge of the band (share of the limit)"),
        ("AN08", "share"): _share("落在区间内的比例", "share of values in the band"),
        ("AN08", "least_h"): ParameterKind("当日至少有数据", "data of the day at least", "h", "1", "24"),
        ("AN09", "least_correlation"): _share("最小相关系数", "least correlation"),
        ("AN09", "difference_share"): _share("最大差值占限值比例", "largest difference as share of the limit"),
        ("AN09", "left_out_share"): _share("可不计的最大差异数值比例", "share of the values furthest apart left out", "0.2"),
        ("AN09", "days_back_d"): _count("与此前多少天比较", "days compared with", "1", "30", "d"),
        ("AN10", "least"): _share("最小自相关", "least autocorrelation"),
        ("AN11", "warn_s"): ParameterKind("提示:时钟偏差", "warn: clock off by", "s", "5", "86400"),
        ("AN11", "alarm_s"): ParameterKind("异常:时钟偏差", "alarm: clock off by", "s", "5", "86400"),
        ("AN12", "highest"): ParameterKind("含氧量上限", "highest oxygen", "%", "5", "25"),
        ("AN13", "lowest"): ParameterKind("含氧量下限", "lowest oxygen", "%", "0", "20"),
        ("AN13", "margin"): ParameterKind("低于基准氧", "below the reference oxygen by", "%", "0", "20"),
        ("AN14", "highest_oxygen"): ParameterKind("含氧量高于此值不判", "not judged above this oxygen", "%", "10", "20.9"),
        ("AN14", "least"): _count("至少几个数值", "fewest values", "1", "1000"),
        ("AN15", "lowest"): ParameterKind("流速下限", "lowest velocity", "m/s", "0", "100"),
        ("AN15", "highest"): ParameterKind("流速上限", "highest velocity", "m/s", "1", "200"),
        ("AN17", "line_lowest"): ParameterKind("伴热管最低温度", "lowest temperature of the line", "℃", "0", "300"),
        ("AN17", "condenser_highest"): ParameterKind("冷凝器最高温度", "highest temperature of the condenser", "℃", "-20", "60"),
        ("AN18", "share"): _share("允许超出总氮的比例", "share above total nitrogen that is allowed"),
        ("AN18", "absolute"): ParameterKind("允许超出", "allowed above by", "mg/L", "0", "100"),
        ("AN19", "share"): _share("允许偏差", "allowed deviation"),
        ("AN20", "least_variance"): ParameterKind("最小方差", "least variance", "", "0", "5"),
        ("AN20", "still_within"): ParameterKind("九成数值落在的幅度", "nine tenths of the values lie within", "", "0", "2"),
        ("AN20", "hourly_change"): ParameterKind("一小时最大变化", "largest change within an hour", "", "0.1", "14"),
        ("AN20", "lowest"): ParameterKind("pH 下限", "lowest pH", "", "0", "14"),
        ("AN20", "highest"): ParameterKind("pH 上限", "highest pH", "", "0", "14"),
        ("AN21", "highest"): _share("最高去除率", "highest removal"),
        ("AN22", "share"): _share("允许超出的比例", "share above that is allowed"),
        ("AN23", "running"): ParameterKind("视为有负荷", "load that is running", "%", "0", "100"),
        ("AN24", "grace_min"): _minutes("启动宽限", "grace at the start"),
        ("AN25", "late_min"): _minutes("允许晚启动", "may start late by"),
        ("AN25", "purge_min"): _minutes("停产后吹扫时间", "purge after a stop"),
        ("AN26", "oxygen"): ParameterKind("含氧量低于此值视为运行", "oxygen below which it runs", "%", "1", "20.9"),
        ("AN26", "temperature"): ParameterKind("温度高于此值视为运行", "temperature above which it runs", "℃", "0", "1000"),
        ("AN26", "flow_share"): _share("流量占设计值比例", "share of the design flow"),
        ("AN26", "after_stop_min"): _minutes("停炉后冷却时间", "cooling time after a stop"),
        ("AN27", "least"): _count("至少超标小时", "fewest hours over", "1", "744", "h"),
        ("AN27", "share"): _share("被标记掩盖的比例", "share that is marked"),
        ("AN28", "times"): _count("一月内次数", "times in a month", "1", "100"),
        ("AN28", "schedule_tolerance_min"): _minutes("与计划时刻允许相差", "may differ from the schedule by"),
        ("AN29", "large"): _share("视为重大变更的比例", "share that is a large change", "10"),
        ("AN30", "value_share"): _share("占数值比例", "share of the value"),
        ("AN31", "suspect_intervals"): _count("可疑:缺几个周期", "suspect after intervals", "1", "100"),
        ("AN31", "offline_after_min"): _minutes("离线:持续", "offline after"),
        ("AN31", "missing_after_h"): ParameterKind("缺数:持续", "missing after", "h", "1", "744"),
        ("AN32", "warn"): _count("提示:缺几小时", "warn: hours missing", "1", "24", "h"),
        ("AN32", "alarm"): _count("异常:缺几小时", "alarm: hours missing", "1", "24", "h"),
        ("AN33", "correct"): ParameterKind("偏差须修正", "deviation to be corrected", "%", "0.1", "100"),
        ("AN33", "recalibrate"): ParameterKind("偏差须校准", "deviation to be recalibrated", "%", "0.1", "100"),
        ("AN35", "share"): _share("允许偏差", "allowed deviation", "5"),
        ("AN35", "back_d"): _count("向前查看", "looks back", "1", "3", "d"),
        ("AN36", "a_day"): _count("一天超过几次为异常", "times a day that are a violation", "1", "288"),
        ("AN37", "outlet"): ParameterKind("出口二氧化硫低于", "outlet SO2 below", "mg/m3", "0", "1000"),
        ("AN37", "inlet"): ParameterKind("入口二氧化硫高于", "inlet SO2 above", "mg/m3", "0", "20000"),
        ("AN39", "no_flow"): ParameterKind("视为无流量", "flow that is none", "", "0", "1000"),
        ("AN40", "ratio"): ParameterKind("夜昼之比", "night over day", "", "1", "100"),
        ("AN40", "nights"): _count("几夜", "nights", "1", "7"),
        ("AN42", "lowest"): ParameterKind("电压下限", "lowest voltage", "V", "0", "400"),
        ("AN42", "highest"): ParameterKind("电压上限", "highest voltage", "V", "0", "500"),
        ("AN43", "share"): _share("低于 P5 的比例", "share of P5"),
        ("AN43", "load_share"): _share("负荷至少为平时的比例", "load at least this share of the usual"),
        ("AN44", "share"): _share("允许偏差", "allowed deviation", "5"),
        ("AN45", "resend_within_s"): ParameterKind("换号重发不算重放", "re-send under a new number within", "s", "0", "3600"),
        ("AN46", "least"): _share("最低有效率", "least share of valid hours"),
        ("ORDER", "grace_h"): ParameterKind("开始后宽限", "grace at the start", "h", "0", "24"),
        ("ORDER", "at_least_h"): ParameterKind("至少持续", "lasts at least", "h", "1", "24"),
    }
)  # fmt: skip


def kind_of(rule_id: str, name: str) -> ParameterKind:
    """Return what a parameter of a rule means. Raises KeyError for one that no rule has."""
    return OF_RULE.get((rule_id, name)) or COMMON[name]
