"""The whole invented park as data: enterprises on their plots, outlets, stations, loggers. The same every time."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from simulator.factor_plans import KINDS, FactorPlan, KindPlan, PointKind
from simulator.industry_table import ENTERPRISES, EnterprisePlan
from simulator.park_map import COLUMNS, degrees, in_plot, plot_name, river_y

PARK = {
    "code": "YUNLAN",
    "name_zh": "云澜化学工业园区",
    "name_en": "Yunlan Chemical Industry Park",
    "address": "云澜市滨河大道1号（虚构）",
    "leading_industries": "石油化工、合成树脂、精细化工",
}

_SUFFIX = {"waste-water": "DW", "waste-gas": "DA", "rain-water": "YS"}
_SPOTS = {
    "waste-water": ((0.82, 0.10),),
    "waste-gas": ((0.35, 0.62), (0.62, 0.70), (0.48, 0.38), (0.20, 0.45)),
    "rain-water": ((0.14, 0.10),),
}
"""Where in its plot an outlet stands, as parts of the plot from its south-west corner."""

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何"

_AIR_SITES = (
    ("园区管委会", "Park office", -60, 60), ("北界", "North boundary", -300, 1560), ("南界", "South boundary", 250, -1560),
    ("东界", "East boundary", 2080, 100), ("西界", "West boundary", -2080, -150),
    ("东北敏感点", "North-east receptor", 2900, 2300), ("西北敏感点", "North-west receptor", -2900, 2100),
    ("下风向", "Downwind", -1500, -1750),
)  # fmt: skip
_RIVER_SITES = (
    ("澜河入园断面", "River Lan, upstream section", -2600), ("澜河园区中断面", "River Lan, middle section", -300),
    ("尾水下游断面", "River Lan, below the effluent", 1300), ("澜河出园断面", "River Lan, downstream section", 2700),
)  # fmt: skip
_OTHER_SITES = (
    ("WX-01", "园区气象站", "Park weather station", PointKind.WEATHER, -120, 130),
    ("NS-01", "南界噪声站", "South boundary noise station", PointKind.NOISE, -420, -1540),
    ("LK-01", "澜湖水质站", "Lake Lan water station", PointKind.LAKE, 2500, 1750),
)


@dataclass(frozen=True)
class EnterpriseSite:
    """An enterprise with its number (from 1), credit code, plot and place in degrees."""

    plan: EnterprisePlan
    number: int
    credit_code: str
    plot: str
    longitude: float
    latitude: float

    @property
    def contact(self) -> str:
        return f"{_SURNAMES[self.number % len(_SURNAMES)]}工"


@dataclass(frozen=True)
class PointSite:
    """A point with its logger's MN and edition; `number` is its place in the list of all points, from 0."""

    number: int
    code: str
    name_zh: str
    name_en: str
    kind: PointKind
    longitude: float
    latitude: float
    mn: str
    edition: str
    credit_code: str = ""

    @property
    def plan(self) -> KindPlan:
        return KINDS[self.kind]

    def factor(self, code: str) -> FactorPlan | None:
        """Return the plan of a factor of this point."""
        return next((plan for plan in self.plan.factors if plan.code == code), None)


def credit_code(number: int) -> str:
    """Return a well-formed credit code of a region that does not exist (check character after GB 32100-2015)."""
    body = f"91990001MA{number:07d}"
    total = sum(_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + _ALPHABET[(31 - total % 31) % 31]


@lru_cache(maxsize=1)
def enterprises() -> tuple[EnterpriseSite, ...]:
    """Return the forty enterprises, one a plot, row by row from the north-west."""
    sites = []
    for index, plan in enumerate(ENTERPRISES):
        column, row = index % COLUMNS, index // COLUMNS
        longitude, latitude = degrees(*in_plot(column, row, 0.5, 0.5))
        number = index + 1
        sites.append(EnterpriseSite(plan, number, credit_code(number), plot_name(column, row), longitude, latitude))
    return tuple(sites)


@lru_cache(maxsize=1)
def points() -> tuple[PointSite, ...]:
    """Return all points: outlets by enterprise, then stations of air, rivers, weather, noise and a lake."""
    sites: list[PointSite] = []
    for enterprise in enterprises():
        sites += _outlets(enterprise, len(sites))
    for index, (zh, en, x, y) in enumerate(_AIR_SITES, start=1):
        sites.append(_station(len(sites), f"AQ-{index:02d}", f"{zh}空气站", f"{en} air station", PointKind.AIR, x, y))
    for index, (zh, en, x) in enumerate(_RIVER_SITES, start=1):
        sites.append(_station(len(sites), f"SW-{index:02d}", zh, en, PointKind.RIVER, x, river_y(x) + 60))
    for code, zh, en, kind, x, y in _OTHER_SITES:
        sites.append(_station(len(sites), code, zh, en, kind, x, y))
    return tuple(sites)


def point_by_code(code: str) -> PointSite | None:
    """Return the point of a code."""
    return _by_code().get(code)


@lru_cache(maxsize=1)
def _by_code() -> dict[str, PointSite]:
    return {site.code: site for site in points()}


def _outlets(enterprise: EnterpriseSite, first: int) -> list[PointSite]:
    column, row = (enterprise.number - 1) % COLUMNS, (enterprise.number - 1) // COLUMNS
    counted: Counter[str] = Counter()
    sites: list[PointSite] = []
    for kind in enterprise.plan.outlets:
        plan = KINDS[kind]
        order = counted[plan.medium]
        counted[plan.medium] += 1
        place = in_plot(column, row, *_SPOTS[plan.medium][order])
        short_zh, short_en = (
            enterprise.plan.name_zh.removesuffix("有限公司"),
            enterprise.plan.name_en.removesuffix(" Co., Ltd."),
        )
        ordinal_zh, ordinal_en = (
            (f"{order + 1}号", f" {order + 1}") if enterprise.plan.outlets.count(kind) > 1 else ("", "")
        )
        number = first + len(sites)
        sites.append(
            PointSite(
                number,
                f"YL{enterprise.number:02d}-{_SUFFIX[plan.medium]}{order + 1:03d}",
                f"{short_zh}{ordinal_zh}{plan.name_zh}",
                f"{short_en}, {plan.name_en}{ordinal_en}",
                kind,
                *degrees(*place),
                *_logger(number),
                enterprise.credit_code,
            )
        )
    return sites


def _station(number: int, code: str, zh: str, en: str, kind: PointKind, x: float, y: float) -> PointSite:
    return PointSite(number, code, zh, en, kind, *degrees(x, y), *_logger(number))


def _logger(number: int) -> tuple[str, str]:
    """Return MN and edition: every tenth logger speaks 2005, every seventh 2025, all others 2017.

    MN: 14 characters in 2005 (7 of the maker, 7 of the unit), 24 hexadecimal digits in 2017 (EPC-96) and 2025.
    """
    if number % 10 == 9:
        return f"9900YL0{number:07d}", "2005"
    edition = "2025" if number % 7 == 6 else "2017"
    return f"9900A1B2C3D4{'25' if edition == '2025' else '17'}{number:010X}", edition
