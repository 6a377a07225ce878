"""The limit row (限值): one number of one standard, with everything a verdict has to cite."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from park_standards.bounds import Bounds
from park_standards.errors import NotComparable


class Subject(StrEnum):
    """What is held against the limit."""

    WASTE_WATER = "waste-water"
    WASTE_GAS = "waste-gas"
    AMBIENT_AIR = "ambient-air"
    SURFACE_WATER = "surface-water"
    GROUNDWATER = "groundwater"
    SOIL = "soil"
    AGRICULTURAL_SOIL = "agricultural-soil"
    NOISE = "noise"


class Kind(StrEnum):
    """Nature of the number. All are upper limits save the `*_min` ones and the operating range."""

    CONCENTRATION = "concentration"
    RATE = "rate"
    FENCE = "fence"
    PLANT_AREA = "plant-area"
    REMOVAL_MIN = "removal-min"
    LEAK = "leak"
    OPERATING_MIN = "operating-min"
    OPERATING_RANGE = "operating-range"
    PER_PRODUCT = "per-product"
    ODOUR_STACK = "odour-stack"
    SCREENING = "screening"
    CONTROL = "control"
    SOUND_LEVEL = "sound-level"


class Averaging(StrEnum):
    """The value that is compared: how long it stands for.

    INSTANT is a single sample or reading; DAY_MAX_8H the daily maximum of the 8-hour moving means (O3);
    UNSPECIFIED means the table names no period.
    """

    INSTANT = "instant"
    FIVE_MINUTES = "5min"
    HOUR = "hour"
    EIGHT_HOURS = "8h"
    DAY_MAX_8H = "day-max-8h"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    GROWING_SEASON = "growing-season"
    YEAR = "year"
    DAYTIME = "daytime"
    NIGHT = "night"
    UNSPECIFIED = "unspecified"


class Basis(StrEnum):
    """Which value is compared: as measured, converted to the reference oxygen (折算), or by kind of source.

    BY_SOURCE: the standard converts only for part of the sources; `Limit.baseline_oxygen_text` says which.
    """

    MEASURED = "measured"
    CONVERTED = "converted"
    BY_SOURCE = "by-source"


class Op(StrEnum):
    """How value and limit are compared; a value equal to a limit complies."""

    AT_MOST = "<="
    AT_LEAST = ">="
    RANGE = "range"
    NOT_DETECTABLE = "ND"
    RULE = "rule"


class Confidence(StrEnum):
    """How the number was obtained; from-memory and design-default are to be verified before legal use."""

    VERIFIED_TEXT = "verified-text"
    CROSS_CHECKED = "cross-checked"
    SECONDARY = "secondary"
    FROM_MEMORY = "from-memory"
    DESIGN_DEFAULT = "design-default"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Season:
    """A part of every year, both days inclusive, as (month, day); it may run over the new year."""

    first: tuple[int, int]
    last: tuple[int, int]

    def holds_on(self, day: date) -> bool:
        """Say whether `day` lies in the season."""
        now = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= now <= self.last
        return now >= self.first or now <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One limit of one standard.

    `limit_id` is stable text over releases. `value` is set for <= and >=, `lower`/`upper` for a range, `text` for
    limits in words. `level` is the grade, class, or control level of the table (1A, special, III, 2 ...); `scope`
    the industry or source; `discharge` direct / indirect / to sewer. `condition` is empty for the ordinary number; an
    alternative number carries the condition under which it replaces the row `replaces` (`season` when that is a part
    of the year). `effective_from`/`effective_to` are inclusive dates, None when open or unknown;
    `effective_text` is what the table says when a date alone does not (existing plants, local dates).
    `source` is file and line of the packaged table, `item_no` the item's number in the standard's own table, `cas_number` that
    of a soil item ("" for groups, two joined by ";"), `reference_state` the gas state of ambient limits.
    """

    limit_id: str
    standard: str
    table: str
    clause: str
    subject: Subject
    kind: Kind
    factor_code: str
    name_zh: str
    name_en: str
    op: Op
    unit: str
    averaging: Averaging
    confidence: Confidence
    source: str
    value: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    text: str = ""
    level: str = ""
    scope: str = ""
    discharge: str = ""
    monitor_point: str = ""
    averaging_text: str = ""
    basis: Basis = Basis.MEASURED
    baseline_oxygen: Decimal | None = None
    baseline_oxygen_text: str = ""
    stack_height_m: Decimal | None = None
    condition: str = ""
    season: Season | None = None
    replaces: str = ""
    effective_from: date | None = None
    effective_to: date | None = None
    effective_text: str = ""
    note: str = ""
    item_no: str = ""
    cas_number: str = ""
    reference_state: str = ""

    @property
    def key(self) -> str:
        """What names the item in look-ups: its HJ 212 code, or its Chinese name where the table gives no code."""
        return self.factor_code or self.name_zh

    @property
    def bounds(self) -> Bounds:
        """The numbers to compare with. Raises NotComparable for limits in words."""
        if self.op is Op.AT_MOST and self.value is not None:
            return Bounds(upper=self.value, unit=self.unit)
        if self.op is Op.AT_LEAST and self.value is not None:
            return Bounds(lower=self.value, unit=self.unit)
        if self.op is Op.RANGE:
            return Bounds(lower=self.lower, upper=self.upper, unit=self.unit)
        if self.op is Op.NOT_DETECTABLE:
            return Bounds(unit=self.unit, detectable=False)
        raise NotComparable(f"{self.limit_id}: {self.text or self.note!r} is not a number to compare with")

    def cited(self) -> str:
        """Return the citation shown beside a verdict: standard, clause, level."""
        return ", ".join(part for part in (self.standard, self.clause, self.level) if part)
