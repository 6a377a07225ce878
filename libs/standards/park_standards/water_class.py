"""Surface-water class (地表水水质类别) by GB 3838-2002 table 1 and the evaluation method of 2011 (地表水环境质量评价办法).

21 of the 24 items decide the class of a site; water temperature, total nitrogen and faecal coliform do not, the last
two get a class of their own beside it. The site has the worst class of its items; a value equal to a limit belongs to
that class; where classes share a limit, the better one counts. Confidence of the method: from-memory.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum
from functools import lru_cache
from types import MappingProxyType

from park_standards.bounds import Bounds
from park_standards.errors import BadValue, NotEnoughData
from park_standards.limit import Subject
from park_standards.limits import all_limits
from park_standards.rounding import exact
from park_standards.units import convert

PH, OXYGEN, TEMPERATURE = "w01001", "w01009", "w01010"
TOTAL_NITROGEN, FAECAL_COLIFORM = "w21001", "w02003"
EXCLUDED = frozenset({TEMPERATURE, TOTAL_NITROGEN, FAECAL_COLIFORM})
# Always named as main pollutants when over class III: cyanide, Cu, Zn, Se, As, Hg, Cd, Cr(VI), Pb.
ALWAYS_NAMED = frozenset(
    {"w21016", "w20138", "w20139", "w20140", "w20141", "w20142", "w20143", "w20117", "w20144"}
)  # fmt: skip
_WITHOUT_MULTIPLE = frozenset({PH, OXYGEN, TEMPERATURE})
_SATURATED_PERCENT = 90
_MAIN_POLLUTANTS = 3


class WaterBody(StrEnum):
    """Total phosphorus and nitrogen have their own limits in lakes and reservoirs."""

    RIVER = "river"
    LAKE = "lake_reservoir"


class WaterClass(IntEnum):
    """Classes I to V and worse than V (劣Ⅴ); a larger number is worse."""

    I = 1  # noqa: E741
    II = 2
    III = 3
    IV = 4
    V = 5
    WORSE_THAN_V = 6

    @property
    def label_zh(self) -> str:
        return ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ")[self - 1]

    @property
    def label_en(self) -> str:
        return ("I", "II", "III", "IV", "V", "worse than V")[self - 1]

    @property
    def quality(self) -> "WaterQuality":
        return _QUALITY[self]


@dataclass(frozen=True, slots=True)
class WaterQuality:
    """Description of a class or a river: word and colour of the method of 2011."""

    name_zh: str
    name_en: str
    colour: str


_EXCELLENT = WaterQuality("优", "excellent", "blue")
_GOOD = WaterQuality("良好", "good", "green")
_LIGHT = WaterQuality("轻度污染", "light pollution", "yellow")
_MODERATE = WaterQuality("中度污染", "moderate pollution", "orange")
_HEAVY = WaterQuality("重度污染", "heavy pollution", "red")
_QUALITY = MappingProxyType(
    dict(zip(WaterClass, (_EXCELLENT, _EXCELLENT, _GOOD, _LIGHT, _MODERATE, _HEAVY), strict=True))
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A result: value in `unit` (None: the unit of the standard); `detected=False`: below the detection limit."""

    value: Decimal
    unit: str | None = None
    detected: bool = True


@dataclass(frozen=True, slots=True)
class MainPollutant:
    """An item over class III; `exceeding_multiple` is (C - S3)/S3, None for pH and dissolved oxygen."""

    factor_code: str
    water_class: WaterClass
    exceeding_multiple: Decimal | None


@dataclass(frozen=True, slots=True)
class ClassReport:
    """Class of a site.

    `overall` is the worst of `by_factor` (evaluated items only), `deciding` the items that have it. `reported_apart`
    holds total nitrogen (lakes) and faecal coliform; `not_evaluated` the codes table 1 has no class for here.
    `main_pollutants` is empty up to class III.
    """

    overall: WaterClass
    by_factor: Mapping[str, WaterClass]
    deciding: tuple[str, ...]
    reported_apart: Mapping[str, WaterClass] = field(default_factory=dict)
    not_evaluated: tuple[str, ...] = ()
    main_pollutants: tuple[MainPollutant, ...] = ()


@lru_cache(maxsize=1)
def _class_bounds() -> Mapping[tuple[str, str], tuple[Bounds, ...]]:
    """{(factor code, water body or "all"): bounds of class I to V}."""
    found: dict[tuple[str, str], list[Bounds]] = {}
    for row in all_limits():
        if row.subject is Subject.SURFACE_WATER and row.table == "1" and row.level:
            found.setdefault((row.factor_code, row.scope), []).append(row.bounds)
    return MappingProxyType({key: tuple(bounds) for key, bounds in found.items()})


def class_bounds(code: str, body: WaterBody) -> tuple[Bounds, ...] | None:
    """Return the bounds of classes I to V of a factor in that kind of water, or None when table 1 has none."""
    table = _class_bounds()
    return table.get((code, body.value)) or table.get((code, "all"))


def factor_class(
    code: str, reading: Reading, body: WaterBody, *, saturation_percent: Decimal | None = None
) -> WaterClass:
    """Return the class of one factor. Below the detection limit counts as class I, of dissolved oxygen as worse than V.

    `saturation_percent` of dissolved oxygen, if known: 90 % or more meets class I as well. Raises BadValue for a code
    without classes in table 1 (rivers have no total nitrogen) and for a pH "not detected", UnitMismatch for a unit that does
    not convert.
    """
    classes = class_bounds(code, body)
    if classes is None:
        raise BadValue(f"GB 3838-2002 table 1 has no classes for {code!r} in a {body.value}")
    if not reading.detected:
        return class_not_detected(code, classes[0])
    if code == OXYGEN and saturation_percent is not None and saturation_percent >= _SATURATED_PERCENT:
        return WaterClass.I
    value = _in_unit_of(classes[0], reading)
    for water_class, bounds in zip(WaterClass, classes, strict=False):
        if bounds.contain(value):
            return water_class
    return WaterClass.WORSE_THAN_V


def class_not_detected(item: str, best: Bounds) -> WaterClass:
    """Return the class of a result below the detection limit from the bounds of class I.

    Where presence is asked for (dissolved oxygen) nothing found is the worst there is. Raises BadValue for a range (pH).
    """
    if best.lower is None:
        return WaterClass.I
    if best.upper is None:
        return WaterClass.WORSE_THAN_V
    raise BadValue(f"{item!r} cannot be below a detection limit: its limit is {best}")


def site_class(
    readings: Mapping[str, Reading], body: WaterBody, *, saturation_percent: Decimal | None = None
) -> ClassReport:
    """Return the class of a site from readings by factor code.

    Raises NotEnoughData when no reading belongs to an evaluated item.
    """
    by_factor: dict[str, WaterClass] = {}
    apart: dict[str, WaterClass] = {}
    other = []
    for code, reading in readings.items():
        if class_bounds(code, body) is None:
            other.append(code)
            continue
        found = factor_class(code, reading, body, saturation_percent=saturation_percent)
        (apart if code in EXCLUDED else by_factor)[code] = found
    if not by_factor:
        raise NotEnoughData("surface-water class: evaluated items", 0, 1)
    overall = max(by_factor.values())
    return ClassReport(
        overall=overall,
        by_factor=MappingProxyType(by_factor),
        deciding=tuple(code for code, found in by_factor.items() if found == overall),
        reported_apart=MappingProxyType(apart),
        not_evaluated=tuple(other),
        main_pollutants=_main_pollutants(by_factor, readings, body),
    )


def _in_unit_of(bounds: Bounds, reading: Reading) -> Decimal:
    return exact(reading.value) if reading.unit is None else convert(reading.value, reading.unit, bounds.unit)


def _main_pollutants(
    by_factor: Mapping[str, WaterClass], readings: Mapping[str, Reading], body: WaterBody
) -> tuple[MainPollutant, ...]:
    """Items over class III by class, then multiple, the first three, and always cyanide and heavy metals.

    ASSUMPTION: items without a multiple (pH, DO) stand after those of the same class that have one.
    """
    over = [
        MainPollutant(code, found, _multiple(code, readings[code], body))
        for code, found in by_factor.items()
        if found > WaterClass.III
    ]
    over.sort(key=lambda item: (-item.water_class, -(item.exceeding_multiple or Decimal(0))))
    first = over[:_MAIN_POLLUTANTS]
    return (*first, *(item for item in over[_MAIN_POLLUTANTS:] if item.factor_code in ALWAYS_NAMED))


def _multiple(code: str, reading: Reading, body: WaterBody) -> Decimal | None:
    classes = class_bounds(code, body)
    upper = classes[WaterClass.III - 1].upper if classes else None
    if code in _WITHOUT_MULTIPLE or classes is None or not upper:
        return None
    return (_in_unit_of(classes[0], reading) - upper) / upper


def river_quality(sections: Iterable[WaterClass]) -> WaterQuality:
    """Return the quality of a river or basin from the classes of at least 5 sections (method of 2011).

    Shares of sections in class I to III and worse than V decide. Where I-III lies at 60 % or more but below 75 % and
    40 % are worse than V, the table has no row of its own; it counts as moderate.
    Raises NotEnoughData for fewer than 5: then average the concentrations and take the class.
    """
    classes = list(sections)
    if len(classes) < 5:
        raise NotEnoughData("river quality: sections", len(classes), 5)
    good = sum(found <= WaterClass.III for found in classes)
    worst = sum(found is WaterClass.WORSE_THAN_V for found in classes)
    share, bad = Decimal(good) / len(classes), Decimal(worst) / len(classes)
    if share >= Decimal("0.9"):
        return _EXCELLENT
    if share >= Decimal("0.75"):
        return _GOOD
    if bad < Decimal("0.2"):
        return _LIGHT
    return _HEAVY if share < Decimal("0.6") and bad >= Decimal("0.4") else _MODERATE
