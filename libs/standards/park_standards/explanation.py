"""Explaining in words which limits apply to an item on a day, why these rows and not others, and how sure they are.

Each line has the Chinese word and the English one; the tables' own wording (scope, note) stands as it is printed there.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from types import MappingProxyType

from park_standards.factors import factors
from park_standards.item_search import item_keys
from park_standards.limit import Averaging, Basis, Confidence, Kind, Limit, Op, Subject
from park_standards.limits import in_force, limits_for, resolve_standard

_UNSURE = frozenset({Confidence.SECONDARY, Confidence.FROM_MEMORY, Confidence.DESIGN_DEFAULT, Confidence.OPEN})

CONFIDENCE_ZH: Mapping[Confidence, str] = MappingProxyType(
    {
        Confidence.VERIFIED_TEXT: "已核对标准原文",
        Confidence.CROSS_CHECKED: "两处转录一致",
        Confidence.SECONDARY: "单一间接来源",
        Confidence.FROM_MEMORY: "未查原文",
        Confidence.DESIGN_DEFAULT: "项目设定",
        Confidence.OPEN: "待定",
    }
)
AVERAGING_ZH: Mapping[Averaging, str] = MappingProxyType(
    {
        Averaging.INSTANT: "单次值",
        Averaging.FIVE_MINUTES: "5分钟均值",
        Averaging.HOUR: "小时均值",
        Averaging.EIGHT_HOURS: "8小时均值",
        Averaging.DAY_MAX_8H: "日最大8小时均值",
        Averaging.DAY: "日均值",
        Averaging.MONTH: "月均值",
        Averaging.QUARTER: "季均值",
        Averaging.GROWING_SEASON: "植物生长季均值",
        Averaging.YEAR: "年均值",
        Averaging.DAYTIME: "昼间",
        Averaging.NIGHT: "夜间",
        Averaging.UNSPECIFIED: "标准未规定",
    }
)
KIND_ZH: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.CONCENTRATION: "浓度限值",
        Kind.RATE: "排放速率限值",
        Kind.FENCE: "厂界（无组织）限值",
        Kind.PLANT_AREA: "厂区内限值",
        Kind.REMOVAL_MIN: "最低去除效率",
        Kind.LEAK: "泄漏认定浓度",
        Kind.OPERATING_MIN: "运行下限",
        Kind.OPERATING_RANGE: "运行范围",
        Kind.PER_PRODUCT: "单位产品限值",
        Kind.ODOUR_STACK: "排气筒臭气浓度限值",
        Kind.SCREENING: "风险筛选值",
        Kind.CONTROL: "风险管制值",
        Kind.SOUND_LEVEL: "噪声限值",
    }
)
_BASIS_ZH = {Basis.MEASURED: "实测值", Basis.CONVERTED: "折算值", Basis.BY_SOURCE: "按源种类折算"}
_LEVELS = {
    Subject.AMBIENT_AIR: "{0}类区 class {0} area",
    Subject.SURFACE_WATER: "{0}类 class {0}",
    Subject.GROUNDWATER: "{0}类 class {0}",
    Subject.SOIL: "第{0}类用地 class {0} land",
    Subject.NOISE: "{0}类区 zone {0}",
}


def explain(factor: str, at: date, *, standard: str | None = None, conditions: Collection[str] = ()) -> Iterator[str]:
    """Yield the lines of the explanation for what people call an item: code, name, abbreviation, CAS number.

    Raises UnknownFactor for what no table knows, UnknownStandard for a reference that fits none or several editions on
    that day, or names a level that the standard lacks.
    """
    keys = item_keys(factor)
    named = None if standard is None else resolve_standard(standard, at)
    if named is not None:
        keys = tuple(key for key in keys if limits_for(key, standard=named[0], level=named[1] or None)) or keys
    for key in keys:
        yield from _of_item(key, at, named, standard or "", conditions)


def _of_item(
    key: str, at: date, named: tuple[str, str] | None, reference: str, conditions: Collection[str]
) -> Iterator[str]:
    every = limits_for(key)
    yield _title(key, every)
    held: Sequence[Limit] = every
    if named is not None:
        name, level = named
        held = limits_for(key, standard=name, level=level or None)
        yield f"{reference!r} 即 is {name}" + (f", level {level}" if level else "")
    if not held:
        others = ", ".join(dict.fromkeys(row.standard for row in every))
        yield f"没有限值 no limit is held; 有限值的标准 limits are held by: {others or '无 none'}"
        return
    chosen = in_force(held, at, conditions=conditions)
    yield f"{at.isoformat()} 生效 {len(chosen)}/{len(held)} 条: {len(chosen)} of {len(held)} limits are in force"
    for row in chosen:
        yield from _lines_of(row)
    for row in held:
        if row not in chosen:
            yield f"- 不适用 not {row.limit_id}: {_why_not(row, at)}"


def _title(key: str, rows: Sequence[Limit]) -> str:
    known = factors().get(key)
    if known is not None:
        return f"{key} {known.name_zh} ({known.name_en})"
    row = rows[0]
    number = f", CAS {row.cas_number}" if row.cas_number else ""
    return f"{key} ({row.name_en}{number})"


def _lines_of(row: Limit) -> Iterator[str]:
    number = (row.text or row.note) if row.op is Op.RULE else str(row.bounds)
    yield f"+ {number}  [{row.limit_id}]"
    yield f"    依据 clause: {row.cited()}{_level(row)}; {KIND_ZH[row.kind]} {row.kind.value}"
    yield f"    适用 applies to: {', '.join(filter(None, (row.scope, row.discharge, row.monitor_point, _height(row))))}"
    yield f"    取值 averaged over: {AVERAGING_ZH[row.averaging]} {row.averaging.value} {_bracketed(row.averaging_text)}".rstrip()
    yield f"    比较值 compared value: {_compared(row)}; 生效 in force {_since(row)}"
    yield f"    可信度 confidence: {row.confidence.value} ({CONFIDENCE_ZH[row.confidence]}); 出处 read from {row.source}"
    if row.condition:
        yield f"    条件 applies instead of {row.replaces} because: {row.condition}"
    if row.note:
        yield f"    备注 note: {row.note}"
    if row.confidence in _UNSURE:
        yield "    该数值未读自标准原文，使用前须核实: not read from the standard's own text: verify before legal use"


def _level(row: Limit) -> str:
    return f" ({_LEVELS[row.subject].format(row.level)})" if row.level and row.subject in _LEVELS else ""


def _height(row: Limit) -> str:
    return f"排气筒 stack {row.stack_height_m} m" if row.stack_height_m else ""


def _compared(row: Limit) -> str:
    words = f"{_BASIS_ZH[row.basis]} {row.basis.value}"
    if row.baseline_oxygen:
        words += f", 基准氧 reference oxygen {row.baseline_oxygen} %"
    return words + "".join(f", {text}" for text in (row.baseline_oxygen_text, row.reference_state) if text)


def _bracketed(text: str) -> str:
    return f"({text})" if text else ""


def _since(row: Limit) -> str:
    start = f"from {row.effective_from.isoformat()}" if row.effective_from else "from an unknown day"
    end = f" to {row.effective_to.isoformat()}" if row.effective_to else ""
    return start + end + (f" ({row.effective_text})" if row.effective_text else "")


def _why_not(row: Limit, at: date) -> str:
    if row.effective_from and at < row.effective_from:
        return f"尚未生效 in force only from {row.effective_from.isoformat()}"
    if row.effective_to and at > row.effective_to:
        return f"已失效 ended on {row.effective_to.isoformat()}"
    if row.condition:
        return f"仅在此条件下 holds only for: {row.condition}"
    return "由季节或条件限值代替 its alternative for the season or condition applies"
