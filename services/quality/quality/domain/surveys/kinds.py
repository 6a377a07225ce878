"""What each kind of survey needs to know of a site: one literal table, from the standards that judge it.

| kind | category of the site | standard |
|---|---|---|
| groundwater | class to be kept, I to IV | GB/T 14848-2017 |
| surface-water | class to be kept, I to V; river or lake | GB 3838-2002 |
| soil | land use: construction land 1, 2; paddy, orchard, other farmland | GB 36600-2018; GB 15618-2018 |
| noise | acoustic zone; ambient, factory boundary or construction site | GB 3096-2008; GB 12348-2008; GB 12523-2025 |
| odour | level of the boundary | GB 14554-1993 |
| ambient-air | class of the area | GB 3095, the edition of the day; HJ 2.2-2018 appendix D |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from park_schemas.codes import Medium

Labels = Mapping[str, tuple[str, ...]]

KIND_LABELS: Labels = MappingProxyType(
    {
        Medium.GROUNDWATER: ("地下水",),
        Medium.SOIL: ("土壤",),
        Medium.NOISE: ("噪声",),
        Medium.ODOUR: ("恶臭",),
        Medium.SURFACE_WATER: ("地表水",),
        Medium.AMBIENT_AIR: ("环境空气",),
    }
)

AMBIENT_NOISE, BOUNDARY_NOISE, CONSTRUCTION_NOISE = "GB 3096-2008", "GB 12348-2008", "GB 12523-2025"
NOISE_STANDARDS: Labels = MappingProxyType(
    {
        AMBIENT_NOISE: ("声环境", "ambient"),
        BOUNDARY_NOISE: ("厂界", "boundary"),
        CONSTRUCTION_NOISE: ("施工场界", "construction"),
    }
)
NOISE_ZONES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        AMBIENT_NOISE: frozenset({"0", "1", "2", "3", "4a", "4b"}),
        BOUNDARY_NOISE: frozenset({"0", "1", "2", "3", "4"}),
        CONSTRUCTION_NOISE: frozenset({"all"}),
    }
)
WATER_BODIES: Labels = MappingProxyType({"river": ("河流", "河"), "lake_reservoir": ("湖库", "湖泊", "水库", "lake")})
AVERAGINGS: Labels = MappingProxyType({"hour": ("小时", "1h"), "8h": ("8小时",), "day": ("日", "24h", "日均")})

_CLASSES = {"Ⅰ": ("I", "1"), "Ⅱ": ("II", "2"), "Ⅲ": ("III", "3"), "Ⅳ": ("IV", "4"), "Ⅴ": ("V", "5")}
_ZONES = {zone: (f"{zone}类", f"{zone}类区", f"zone {zone}") for zone in ("0", "1", "2", "3", "4", "4a", "4b")}


@dataclass(frozen=True, slots=True)
class Kind:
    """`needed`: a site without a category cannot be judged at all; else it is classed, but held against nothing."""

    categories: Labels
    needed: bool
    title_zh: str
    title_en: str


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        Medium.GROUNDWATER: Kind(
            {name: labels for name, labels in _CLASSES.items() if name != "Ⅴ"}, False, "目标类别", "target class"
        ),
        Medium.SURFACE_WATER: Kind(_CLASSES, False, "目标类别", "target class"),
        Medium.SOIL: Kind(
            {
                "1": ("第一类用地", "第一类", "class 1 land"),
                "2": ("第二类用地", "第二类", "class 2 land"),
                "paddy": ("水田", "paddy field"),
                "orchard": ("果园", "orchard land"),
                "other": ("其他农用地", "旱地", "other farmland"),
            },
            True,
            "用地类型",
            "land use",
        ),
        Medium.NOISE: Kind({**_ZONES, "all": ("施工场界", "construction site")}, True, "声环境功能区", "acoustic zone"),
        Medium.ODOUR: Kind(
            {
                "level1": ("一级", "level 1"),
                "level2 new": ("二级", "二级新扩改建", "level 2, new"),
                "level2 existing": ("二级现有", "level 2, existing"),
                "level3 new": ("三级", "三级新扩改建", "level 3, new"),
                "level3 existing": ("三级现有", "level 3, existing"),
            },
            True,
            "恶臭级别",
            "odour level",
        ),
        Medium.AMBIENT_AIR: Kind(
            {"1": ("一类", "一类区", "class 1 area"), "2": ("二类", "二类区", "class 2 area")},
            True,
            "功能区类别",
            "area class",
        ),
    }
)

FARMLAND = frozenset({"paddy", "orchard", "other"})


def every_category() -> Labels:
    """Return the categories of all kinds: what the column of a sheet may hold before the kind is known."""
    return {name: (name,) for kind in KINDS.values() for name in kind.categories}


def category_of(kind: str, text: str) -> str | None:
    """Return the category that a text names for a kind, None when it names none of it."""
    for name, labels in KINDS[kind].categories.items():
        if text.casefold() in {name.casefold(), *(label.casefold() for label in labels)}:
            return name
    return None
