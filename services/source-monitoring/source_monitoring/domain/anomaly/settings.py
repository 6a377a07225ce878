"""What an outlet's anomaly rules need beside readings: switches, parameters, filed facts, and where signals come from.

One document a point, versioned as a whole. Facts are what the outlet has filed (备案): ranges, reference oxygen, rated power.
Nothing is guessed: a rule whose fact or signal is absent is not applicable, and says so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from uuid import UUID

from msgspec import Struct

from source_monitoring.domain.anomaly.parameter_kinds import kind_of


class RuleSetting(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rule at one outlet. `reason` must be given when it is switched off; parameters are decimal text by name."""

    enabled: bool = True
    reason: str = ""
    parameters: dict[str, str] = {}


class SignalSource(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a signal is read: a factor of this or another point. `rated` makes it a share (value / rated)."""

    factor: str
    point_id: UUID | None = None
    rated: str | None = None


class OutletSettings(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All of an outlet's settings. Facts of one factor are named "fact/factor", as in "range/a21026"."""

    rules: dict[str, RuleSetting] = {}
    signals: dict[str, list[SignalSource]] = {}
    facts: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class FactKind:
    """A fact that may be filed. `form`: number, or one of the forms that `_FORMS` checks."""

    name_zh: str
    name_en: str
    unit: str = ""
    of_factor: bool = False
    form: str = "number"


FACTS: Mapping[str, FactKind] = MappingProxyType(
    {
        "range": FactKind("量程上限", "upper range", "unit of the factor", of_factor=True),
        "detection_limit": FactKind("检出限", "detection limit", "unit of the factor", of_factor=True),
        "resolution": FactKind("分辨率", "resolution", "unit of the factor", of_factor=True),
        "baseline_oxygen": FactKind("基准氧含量", "reference oxygen", "%"),
        "design_flow": FactKind("设计流量", "design flow", "unit of the flow"),
        "flow_per_load": FactKind("单位负荷流量", "flow for each unit of load", "flow / load"),
        "furnace_kind": FactKind("焚烧炉类型", "kind of furnace", form="furnace"),
        "process_cycle": FactKind("工艺周期", "process cycle", "h"),
        "analysis_cycle": FactKind("分析周期", "analysis cycle", "min", of_factor=True),
        "purge": FactKind("停机吹扫时间", "purge time after a stop", "min"),
        "calibration_times": FactKind("计划校准时刻", "times of planned calibrations", "HH:MM", form="times"),
        "filed": FactKind(
            "备案参数范围", "filed range of a parameter", "lowest~highest", of_factor=True, form="bounds"
        ),
    }
)
"""Facts by name; those `of_factor` are filed as "name/factor" ("filed" as "filed/factor:parameter")."""

SIGNALS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "production": ("生产设施用电或工况", "power or state of production"),
        "treatment": ("治理设施用电或工况", "power or state of treatment"),
        "load": ("生产负荷", "production load"),
        "inlet_cod": ("进水COD", "inlet COD"),
        "intake": ("取水流量", "water intake"),
        "pump": ("外排泵电流", "current of the discharge pump"),
        "inlet_so2": ("脱硫入口二氧化硫", "SO2 before the scrubber"),
        "circulation_pump": ("循环泵电流", "current of the circulation pump"),
        "flame": ("FID火焰状态", "FID flame state"),
        "voltage": ("站房电压", "voltage of the station"),
        "heated_line": ("伴热管温度", "temperature of the heated line"),
        "condenser": ("冷凝器温度", "temperature of the condenser"),
        "furnace": ("炉膛温度", "furnace temperature"),
        "twin": ("对比排口同因子", "same factor of another outlet to compare with"),
        "analyser": ("分析仪示值", "value shown by the analyser"),
    }
)
"""Roles a signal may have. "analyser" and "twin" are filed as "role/factor"."""

OF_FACTOR_SIGNALS = frozenset({"analyser", "twin"})

DEFAULT_SIGNALS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "load": ("i33400",),
        "voltage": ("i33103",),
        "heated_line": ("i33001",),
        "condenser": ("i33002",),
        "furnace": ("a01901", "i33310", "i33311", "i33320", "i33321", "i33330", "i33331"),
        "inlet_cod": ("e10201",),
        "pump": ("e30101", "e40101", "e50101"),
    }
)
"""Codes of HJ 212-2017 (appendix B) that say by themselves what they are; looked for when no source is filed."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong in settings, and where (path in the document)."""

    where: str
    what_zh: str
    what_en: str


def mistakes(settings: OutletSettings, parameters: Mapping[str, Mapping[str, Decimal]]) -> list[Mistake]:
    """Return everything wrong with settings. `parameters` are the known ones of every rule with their defaults."""
    return [*_rules(settings, parameters), *_facts(settings), *_signals(settings)]


def _rules(settings: OutletSettings, known: Mapping[str, Mapping[str, Decimal]]) -> Iterator[Mistake]:
    for rule_id, rule in settings.rules.items():
        where = f"rules.{rule_id}"
        if rule_id not in known:
            yield Mistake(where, f"没有规则 {rule_id}", f"there is no rule {rule_id}")
            continue
        if not rule.enabled and not rule.reason.strip():
            yield Mistake(f"{where}.reason", "停用规则必须说明原因", "switching a rule off needs a reason")
        for name, text in rule.parameters.items():
            place = f"{where}.parameters.{name}"
            if name not in known[rule_id]:
                names = ", ".join(known[rule_id]) or "-"
                yield Mistake(place, f"没有参数 {name},可用: {names}", f"no parameter {name}; there are: {names}")
            else:
                yield from _parameter(rule_id, name, text, place)


def _parameter(rule_id: str, name: str, text: str, place: str) -> Iterator[Mistake]:
    value = number(text)
    refusal = kind_of(rule_id, name).refusal(value) if value is not None else None
    if value is None:
        yield Mistake(place, f"{text!r} 不是数字", f"{text!r} is no number")
    elif refusal is not None:
        yield Mistake(place, *refusal)


def _facts(settings: OutletSettings) -> Iterator[Mistake]:
    for key, text in settings.facts.items():
        name, _, factor = key.partition("/")
        kind = FACTS.get(name)
        if kind is None:
            yield Mistake(f"facts.{key}", f"没有备案项 {name}", f"there is no fact {name}")
        elif kind.of_factor != bool(factor):
            form = f"{name}/<factor>" if kind.of_factor else name
            yield Mistake(f"facts.{key}", f"应写作 {form}", f"must be written {form}")
        elif not _FORMS[kind.form](text):
            yield Mistake(f"facts.{key}", f"{text!r} 不符合要求({kind.form})", f"{text!r} is no {kind.form}")


def _signals(settings: OutletSettings) -> Iterator[Mistake]:
    for key, sources in settings.signals.items():
        role, _, factor = key.partition("/")
        if role not in SIGNALS or (role in OF_FACTOR_SIGNALS) != bool(factor):
            roles = ", ".join(f"{name}/<factor>" if name in OF_FACTOR_SIGNALS else name for name in SIGNALS)
            yield Mistake(f"signals.{key}", f"没有信号 {key},可用: {roles}", f"no signal {key}; there are: {roles}")
        if not sources:
            yield Mistake(f"signals.{key}", "没有来源", "it has no source")
        for place, source in enumerate(sources):
            rated = number(source.rated) if source.rated is not None else Decimal(1)
            if rated is None or rated <= 0:
                yield Mistake(f"signals.{key}.{place}.rated", "额定值必须大于 0", "rated must be above 0")


def number(text: str | None) -> Decimal | None:
    """Return finite decimal text as a number, None for anything else."""
    try:
        found = Decimal(text or "")
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def times_of(text: str) -> tuple[time, ...] | None:
    """Return "03:00, 15:30" as times, None when it is not that."""
    try:
        return tuple(time.fromisoformat(part.strip()) for part in text.split(","))
    except ValueError:
        return None


def bounds_of(text: str) -> tuple[Decimal | None, Decimal | None] | None:
    """Return "lowest~highest", either side may be empty, as numbers; None when it is not that."""
    low, tilde, high = text.partition("~")
    sides = [number(side.strip()) for side in (low, high)]
    wrong = any(side.strip() and found is None for side, found in zip((low, high), sides, strict=True))
    return None if not tilde or wrong else (sides[0], sides[1])


_FORMS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "number": lambda text: number(text) is not None,
        "furnace": lambda text: text in {"msw", "hazardous-waste"},
        "times": lambda text: times_of(text) is not None,
        "bounds": lambda text: bounds_of(text) is not None,
    }
)
