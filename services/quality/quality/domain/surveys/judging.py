"""A result held against the standard of its kind: one judge a kind, in one table.

Each returns a Verdict with the limit row it was judged by. `Unjudgeable` carries why there is none. A value equal to its
limit complies. Classes of water follow the item, the site's class is that of its worst item (`site_verdicts.py`).
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from park_schemas.codes import Medium
from park_schemas.park_time import at_park
from park_standards.errors import NotComparable, StandardsError
from park_standards.exceedance import Outcome as LimitOutcome
from park_standards.exceedance import Verdict as LimitVerdict
from park_standards.exceedance import judge, judge_not_detected
from park_standards.groundwater_class import item_class
from park_standards.limit import Averaging, Limit, Subject
from park_standards.limits import in_force, limits_for
from park_standards.noise import background_corrected, judge_noise, noise_limit, period_of_day
from park_standards.odour import boundary_limit
from park_standards.soil import FarmUse, LandUse, SoilRisk, SoilVerdict, judge_farmland, judge_soil
from park_standards.units import convert
from park_standards.water_class import EXCLUDED, Reading, WaterBody, WaterClass, class_bounds, factor_class

from quality.domain.surveys.items import PH_OF_SOIL
from quality.domain.surveys.kinds import AMBIENT_NOISE, BOUNDARY_NOISE, FARMLAND
from quality.domain.surveys.records import Outcome, Result, Site, Verdict
from quality.domain.surveys.wording import sentences

RISK_LEVELS: Mapping[str, int] = MappingProxyType(
    {
        SoilRisk.NEGLIGIBLE: 1,
        SoilRisk.WITHIN_BACKGROUND: 2,
        SoilRisk.SURVEY: 3,
        SoilRisk.UNACCEPTABLE: 4,
    }
)
_CLASS_OF_LABEL = MappingProxyType({one.label_zh: one for one in WaterClass})
_NOISE_PLACES = MappingProxyType({AMBIENT_NOISE: "outdoor", BOUNDARY_NOISE: "factory boundary"})
_DAYTIME_LEVEL, _NIGHT_LEVEL, _EQUIVALENT, _PEAK = "Ld", "Ln", "Leq", "LMx"
_REFERENCE = frozenset({"reference"})


class Unjudgeable(Exception):
    """There is nothing to hold the result against; `zh` and `en` say why."""

    def __init__(self, zh: str, en: str, grade: str = "", level: int | None = None, *, decides: bool = True) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.grade = grade
        self.level = level
        self.decides = decides


def verdict_of(site: Site, result: Result) -> Verdict:
    """Return the verdict of a result taken at a site. What cannot be judged says why; it raises nothing."""
    try:
        return _JUDGES[site.kind](site, result)
    except Unjudgeable as why:
        return Verdict(
            outcome=Outcome.NOT_JUDGED,
            zh=why.zh,
            en=why.en,
            grade=why.grade,
            grade_level=why.level,
            decides=why.decides,
        )
    except StandardsError as error:
        return Verdict(outcome=Outcome.NOT_JUDGED, zh=f"不能评价：{error}", en=f"cannot be judged: {error}")


def _groundwater(site: Site, result: Result) -> Verdict:
    found = item_class(result.item, _reading(result))
    rows = limits_for(result.item, subject=Subject.GROUNDWATER, at=_day(result))
    return _of_class(site, result, found, {row.level: row for row in rows})


def _surface_water(site: Site, result: Result) -> Verdict:
    body = WaterBody(site.water_body or WaterBody.RIVER)
    if class_bounds(result.item, body) is None:
        raise Unjudgeable("该项目不参与地表水水质评价", "the item has no classes in this kind of water")
    found = factor_class(result.item, _reading(result), body)
    if result.item in EXCLUDED:
        raise Unjudgeable(
            "单独评价，不参与断面水质类别",
            "reported apart: it does not decide the class",
            found.label_zh,
            int(found),
            decides=False,
        )
    rows = limits_for(result.item, subject=Subject.SURFACE_WATER, at=_day(result))
    fitting = {row.level: row for row in rows if row.table == "1" and row.scope in (body.value, "all")}
    return _of_class(site, result, found, fitting)


def _of_class(site: Site, result: Result, found: WaterClass, rows: Mapping[str, Limit]) -> Verdict:
    grade = found.label_zh
    target = _CLASS_OF_LABEL.get(site.category)
    if target is None:
        raise Unjudgeable(f"{grade}类；点位未设目标类别", f"class {found.label_en}; no target", grade, int(found))
    row = rows.get(target.label_en)
    if row is None:
        raise Unjudgeable(f"{grade}类；标准无该类别限值", f"class {found.label_en}; no such limit", grade, int(found))
    try:
        held = _held(result, row)
    except NotComparable:
        held = None
    outcome = Outcome.OVER if found > target else Outcome.COMPLIANT
    if held is not None and held.outcome is LimitOutcome.UNDECIDED:
        outcome = Outcome.UNDECIDED
    return _verdict(site, result, row, held, outcome, grade, int(found))


def _soil(site: Site, result: Result) -> Verdict:
    if result.item == PH_OF_SOIL:
        raise Unjudgeable("土壤 pH 用于选取农用地限值", "the pH of soil only chooses the limits of farmland")
    number = result.value if result.value is not None else result.detection_limit
    value = convert(number if number is not None else Decimal(0), result.unit, "mg/kg")
    judged = _soil_verdict(site, result, value)
    row = judged.control if judged.risk is SoilRisk.UNACCEPTABLE and judged.control else judged.screening
    if not in_force([row], _day(result)):
        raise Unjudgeable(f"{row.standard} 当日尚未实施", f"{row.standard} was not in force that day")
    if not result.detected:
        held = _held(result, judged.screening)
        return _verdict(site, result, judged.screening, held, _OUTCOMES[held.outcome], SoilRisk.NEGLIGIBLE, 1)
    over = judged.risk in (SoilRisk.SURVEY, SoilRisk.UNACCEPTABLE)
    outcome = Outcome.OVER if over else Outcome.COMPLIANT
    return _verdict(site, result, row, _held(result, row), outcome, judged.risk, RISK_LEVELS[judged.risk])


def _soil_verdict(site: Site, result: Result, value: Decimal) -> SoilVerdict:
    if site.category in FARMLAND:
        if result.ph is None:
            raise Unjudgeable("农用地评价需要土壤 pH", "farmland is judged by the pH of its soil")
        return judge_farmland(result.item, value, result.ph, FarmUse(site.category))
    background = None if result.background is None else convert(result.background, result.unit, "mg/kg")
    return judge_soil(result.item, value, LandUse(site.category), background=background)


def _noise(site: Site, result: Result) -> Verdict:
    periods = {_DAYTIME_LEVEL: Averaging.DAYTIME, _NIGHT_LEVEL: Averaging.NIGHT}
    period = periods.get(result.item, period_of_day(at_park(result.sampled_at).time()))
    if result.item not in {_EQUIVALENT, _PEAK, *periods} or (result.item == _PEAK and period is Averaging.DAYTIME):
        raise Unjudgeable("该项目不作限值评价", "no limit is set for this item at this time")
    standard = site.noise_standard or AMBIENT_NOISE
    row = noise_limit(standard, site.category, period, _NOISE_PLACES.get(standard, ""))
    if not in_force([row], _day(result)) or result.value is None:
        raise Unjudgeable(f"{standard} 当日尚未实施", f"{standard} was not in force that day")
    level = result.value if result.background is None else background_corrected(result.value, result.background)
    if result.item == _PEAK:
        held = judge_noise(level, row, peak=level, frequent_peaks=result.frequent and standard == BOUNDARY_NOISE).peak
    else:
        held = judge_noise(level, row).equivalent
    if held is None:
        raise Unjudgeable("该项目不作限值评价", "no limit is set for this item at this time")
    return _verdict(site, result, row, held, _OUTCOMES[held.outcome])


def _odour(site: Site, result: Result) -> Verdict:
    row = boundary_limit(result.item, site.category)
    held = _held(result, row)
    return _verdict(site, result, row, held, _OUTCOMES[held.outcome])


def _ambient_air(site: Site, result: Result) -> Verdict:
    rows = limits_for(
        result.item,
        at=_day(result),
        subject=Subject.AMBIENT_AIR,
        level=site.category,
        averaging=Averaging(result.averaging),
        conditions=_REFERENCE,
    )
    if not rows:
        raise Unjudgeable("该功能区、该取值时间无限值", "no limit for this class and averaging time")
    row = min(rows, key=lambda one: not one.standard.startswith("GB 3095"))
    held = _held(result, row)
    return _verdict(site, result, row, held, _OUTCOMES[held.outcome])


_JUDGES: Mapping[str, Callable[[Site, Result], Verdict]] = MappingProxyType(
    {
        Medium.GROUNDWATER: _groundwater,
        Medium.SURFACE_WATER: _surface_water,
        Medium.SOIL: _soil,
        Medium.NOISE: _noise,
        Medium.ODOUR: _odour,
        Medium.AMBIENT_AIR: _ambient_air,
    }
)
_OUTCOMES = MappingProxyType(
    {
        LimitOutcome.COMPLIANT: Outcome.COMPLIANT,
        LimitOutcome.OVER: Outcome.OVER,
        LimitOutcome.UNDECIDED: Outcome.UNDECIDED,
    }
)


def _day(result: Result) -> date:
    return at_park(result.sampled_at).date()


def _reading(result: Result) -> Reading:
    return Reading(result.value if result.value is not None else Decimal(0), result.unit, result.detected)


def _held(result: Result, row: Limit) -> LimitVerdict:
    """Hold the number, or the detection limit, against a row. Raises as `park_standards.exceedance.judge`."""
    if result.value is not None:
        return judge(result.value, row, unit=result.unit)
    if result.detection_limit is None:
        raise NotComparable("seen or smelt, not measured")
    return judge_not_detected(result.detection_limit, row, unit=result.unit)


def _verdict(
    site: Site,
    result: Result,
    row: Limit,
    held: LimitVerdict | None,
    outcome: Outcome,
    grade: str = "",
    level: int | None = None,
) -> Verdict:
    shown = "" if held is None or held.bound is None else f"{held.bound:f}"
    zh, en = sentences(site, result, row, shown, outcome, grade)
    return Verdict(
        outcome=outcome,
        zh=zh,
        en=en,
        grade=str(grade),
        grade_level=level,
        limit=shown,
        unit=held.unit if held else row.unit,
        ratio=None if held is None or held.ratio is None else round(float(held.ratio), 4),
        limit_id=row.limit_id,
        standard=row.standard,
        clause=row.clause or (f"表{row.table}" if row.table else row.scope),
        confidence=row.confidence.value,
    )
