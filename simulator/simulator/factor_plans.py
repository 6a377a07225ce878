"""What each kind of point measures: factors, how they behave, and which rows of the standards library limit them.

Numbers here describe behaviour (how much of the limit is used, how strongly a value swings). The limits themselves are asked
of the archive at seeding time by the id of their row; a factor without limit has an absolute level instead.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class PointKind(StrEnum):
    """Behaviour and limits of a point; several kinds share a medium."""

    SEWER = "sewer"
    DIRECT = "direct"
    WORKS = "works"
    BOILER = "boiler"
    HEATER = "heater"
    RESIN = "resin"
    VENT = "vent"
    HALOGEN = "halogen"
    INCINERATOR = "incinerator"
    RAIN = "rain"
    AIR = "air"
    RIVER = "river"
    WEATHER = "weather"
    LAKE = "lake"
    NOISE = "noise"


@dataclass(frozen=True)
class FactorPlan:
    """One factor: HJ 212-2017 code, unit sent, decimals, and behaviour.

    `share` is the normal level as a part of the upper limit (of a range: of its middle); `level` an absolute one. `swing` is the
    amplitude of the daily rhythm and `noise` that of the random part, both as parts of the level; `peak_hour` is local time.
    `limits` are ids of library rows; `averaging` is said where the standard names no period. `converted` values also go out
    as -Zs (折算) with the point's reference oxygen.
    """

    code: str
    unit: str
    decimals: int
    share: float = 0.0
    level: float = 0.0
    swing: float = 0.08
    noise: float = 0.06
    peak_hour: float = 14.0
    limits: tuple[str, ...] = ()
    averaging: str = ""
    converted: bool = False
    total: str = ""
    """Cumulative value of minute, hour and day data: "volume", "mass", or none."""


@dataclass(frozen=True)
class KindPlan:
    """All factors of a kind of point, its medium and kind (park_schemas), its ST, and the reference oxygen in percent."""

    medium: str
    system_type: str
    name_zh: str
    name_en: str
    factors: tuple[FactorPlan, ...]
    reference_oxygen: float | None = None
    target_class: str = ""
    discharge: str = ""
    receiving: str = ""
    point_kind: str = ""


def _flow_water(level: float) -> FactorPlan:
    return FactorPlan("w00000", "L/s", 2, level=level, swing=0.25, noise=0.12, total="volume")


def _water(code: str, decimals: int, share: float, limit: str, **more: float) -> FactorPlan:
    unit = "1" if code == "w01001" else "mg/L"
    swing, noise = more.get("swing", 0.12), more.get("noise", 0.08)
    if code == "w01001":
        return FactorPlan(code, unit, decimals, share=share, swing=0.015, noise=0.07, limits=(limit,))
    return FactorPlan(code, unit, decimals, share=share, swing=swing, noise=noise, limits=(limit,), total="mass")


def _gas(code: str, decimals: int, share: float, *limits: str, converted: bool = False) -> FactorPlan:
    return FactorPlan(
        code, "mg/m3", decimals, share=share, swing=0.1, noise=0.1, limits=limits, converted=converted, total="mass"
    )


def _flue(flow: float, temperature: float, oxygen: float | None) -> tuple[FactorPlan, ...]:
    plans = [
        FactorPlan("a00000", "m3/s", 1, level=flow, swing=0.06, noise=0.05, total="volume"),
        FactorPlan("a01011", "m/s", 2, level=9.5, swing=0.05, noise=0.05),
        FactorPlan("a01012", "degC", 1, level=temperature, swing=0.03, noise=0.03),
        FactorPlan("a01013", "kPa", 3, level=-0.12, swing=0.05, noise=0.2),
        FactorPlan("a01014", "%", 1, level=7.5, swing=0.05, noise=0.06),
    ]
    if oxygen is not None:
        plans.append(FactorPlan("a19001", "%", 1, level=oxygen, swing=0.04, noise=0.05))
    return tuple(plans)


def _sewer_row(code: str) -> str:
    return f"GBT31962-2015/t1/A/to-sewer/{code}"


_T5_HEATER = "GB31571-2015/t5/concentration/工艺加热炉/special-area/hour/"
_T5_VENT = "GB31571-2015/t5/concentration/废水处理有机废气收集处理装置/special-area/hour/"
_T5_HALOGEN = "GB31571-2015/t5/concentration/含卤代烃有机废气/special-area/hour/"
_T5_RESIN = "GB31572-2015/t5/concentration/车间或生产设施排气筒/special-area/hour/"
_T3_BOILER = "GB13271-2014/t3/concentration/燃气锅炉/special-area/hour/"
_T3_FURNACE = "GB18484-2020/t3/concentration/焚烧炉/all/"
_AIR = "GB3095-2026/2026-transition/class-2/"
_RIVER = "GB3838-2002/t1/"


def _furnace(code: str, decimals: int, share: float) -> FactorPlan:
    return _gas(code, decimals, share, f"{_T3_FURNACE}hour/{code}", f"{_T3_FURNACE}day/{code}", converted=True)


_WEATHER = (
    FactorPlan("a01001", "degC", 1, level=13.0, swing=0.3, noise=0.03, peak_hour=14.5),
    FactorPlan("a01002", "%", 1, level=68.0, swing=0.18, noise=0.04, peak_hour=5.0),
    FactorPlan("a01006", "kPa", 2, level=102.1, swing=0.001, noise=0.001),
    FactorPlan("a01007", "m/s", 1, level=2.4, swing=0.3, noise=0.3),
    FactorPlan("a01008", "degree(angle)", 0, level=112.0, swing=0.15, noise=0.3),
)


def _ambient(code: str, unit: str, level: float, *rows: str, peak_hour: float = 8.0, decimals: int = 0) -> FactorPlan:
    return FactorPlan(
        code, unit, decimals, level=level, swing=0.3, noise=0.18, peak_hour=peak_hour,
        limits=tuple(f"{_AIR}{row}/{code}" for row in rows),
    )  # fmt: skip


def _river(code: str, unit: str, decimals: int, level: float, row: str = "", **more: float) -> FactorPlan:
    limits = (f"{_RIVER}{row}/{code}",) if row else ()
    return FactorPlan(
        code, unit, decimals, level=level, swing=more.get("swing", 0.06), noise=more.get("noise", 0.05), limits=limits,
        averaging="day" if row else "", peak_hour=15.0,
    )  # fmt: skip


KINDS: Mapping[PointKind, KindPlan] = MappingProxyType(
    {
        PointKind.SEWER: KindPlan(
            "waste-water", "32", "废水总排口", "waste-water outlet",
            (
                _flow_water(6.0),
                _water("w01001", 2, 0.94, _sewer_row("w01001")),
                _water("w01018", 1, 0.42, _sewer_row("w01018")),
                _water("w21003", 2, 0.38, _sewer_row("w21003")),
                _water("w21011", 2, 0.35, _sewer_row("w21011")),
                _water("w21001", 2, 0.48, _sewer_row("w21001")),
            ),
            discharge="indirect", receiving="云澜园区污水处理厂",
        ),
        PointKind.DIRECT: KindPlan(
            "waste-water", "32", "废水直排口", "direct waste-water outlet",
            (
                _flow_water(11.0),
                _water("w01001", 2, 0.99, "GB31571-2015/t1/general/w01001"),
                _water("w01018", 1, 0.55, "GB31571-2015/t1/general/w01018"),
                _water("w21003", 2, 0.32, "GB31571-2015/t1/general/w21003"),
                _water("w21011", 2, 0.40, "GB31571-2015/t1/general/w21011"),
                _water("w21001", 2, 0.45, "GB31571-2015/t1/general/w21001"),
                _water("w22001", 2, 0.25, "GB31571-2015/t1/general/w22001"),
            ),
            discharge="direct", receiving="澜河",
        ),
        PointKind.WORKS: KindPlan(
            "waste-water", "32", "尾水排口", "effluent outlet",
            (
                _flow_water(260.0),
                _water("w01001", 2, 0.97, "GB18918-2002/t1/1A/w01001"),
                _water("w01018", 1, 0.56, "GB18918-2002/t1/1A/w01018"),
                _water("w21003", 2, 0.22, "GB18918-2002/t1/1A/w21003"),
                _water("w21011", 2, 0.45, "GB18918-2002/t1/1A/w21011"),
                _water("w21001", 2, 0.58, "GB18918-2002/t1/1A/w21001"),
            ),
            discharge="direct", receiving="澜河",
        ),
        PointKind.BOILER: KindPlan(
            "waste-gas", "31", "燃气锅炉排口", "gas boiler stack",
            (
                *_flue(8.0, 92.0, 3.8),
                _gas("a34013", 1, 0.22, f"{_T3_BOILER}a34013", converted=True),
                _gas("a21026", 1, 0.18, f"{_T3_BOILER}a21026", converted=True),
                _gas("a21002", 1, 0.52, f"{_T3_BOILER}a21002", converted=True),
            ),
            reference_oxygen=3.5,
        ),
        PointKind.HEATER: KindPlan(
            "waste-gas", "31", "工艺加热炉排口", "process heater stack",
            (
                *_flue(14.0, 138.0, 3.4),
                _gas("a34013", 1, 0.30, f"{_T5_HEATER}a34013", converted=True),
                _gas("a21026", 1, 0.24, f"{_T5_HEATER}a21026", converted=True),
                _gas("a21002", 1, 0.60, f"{_T5_HEATER}a21002", converted=True),
            ),
            reference_oxygen=3.0,
        ),
        PointKind.RESIN: KindPlan(
            "waste-gas", "31", "车间有机废气排口", "workshop vent stack",
            (
                *_flue(5.5, 34.0, None),
                _gas("a24088", 2, 0.34, f"{_T5_RESIN}a24088"),
                _gas("a34013", 1, 0.28, f"{_T5_RESIN}a34013"),
                _gas("a25002", 3, 0.20, f"{_T5_RESIN}a25002"),
            ),
        ),
        PointKind.VENT: KindPlan(
            "waste-gas", "31", "污水站废气排口", "waste-water works vent",
            (*_flue(3.2, 26.0, None), _gas("a24088", 2, 0.22, f"{_T5_VENT}a24088")),
        ),
        PointKind.HALOGEN: KindPlan(
            "waste-gas", "31", "含卤废气排口", "halogenated vent stack",
            (
                *_flue(2.8, 30.0, None),
                _gas("a21024", 2, 0.30, f"{_T5_HALOGEN}a21024"),
                _gas("a21022", 2, 0.22, f"{_T5_HALOGEN}a21022"),
            ),
        ),
        PointKind.INCINERATOR: KindPlan(
            "waste-gas", "31", "危废焚烧炉排口", "hazardous-waste incinerator stack",
            (
                *_flue(12.0, 128.0, 10.4),
                _furnace("a34013", 1, 0.25),
                _furnace("a21005", 1, 0.20),
                _furnace("a21002", 1, 0.45),
                _furnace("a21026", 1, 0.28),
                _furnace("a21024", 2, 0.30),
            ),
            reference_oxygen=11.0,
        ),
        PointKind.RAIN: KindPlan(
            "rain-water", "32", "雨水排口", "rain-water outlet",
            (
                _flow_water(1.5),
                _water("w01001", 2, 0.97, "GB8978-1996/t4/1/一切排污单位/w01001"),
                _water("w01018", 1, 0.26, "GB8978-1996/t4/1/其他排污单位/w01018"),
                _water("w21003", 2, 0.18, "GB8978-1996/t4/1/其他排污单位/w21003"),
            ),
            discharge="direct", receiving="澜河",
        ),
        PointKind.AIR: KindPlan(
            "ambient-air", "22", "空气自动站", "air quality station",
            (
                _ambient("a34004", "ug/m3", 31, "24h"),
                _ambient("a34002", "ug/m3", 54, "24h"),
                _ambient("a21026", "ug/m3", 11, "1h", "24h"),
                _ambient("a21004", "ug/m3", 33, "1h", "24h"),
                _ambient("a21005", "mg/m3", 0.75, "1h", "24h", decimals=2),
                _ambient("a05024", "ug/m3", 82, "1h", peak_hour=15.0),
                *_WEATHER,
            ),
            target_class="2", point_kind="park-air",
        ),
        PointKind.RIVER: KindPlan(
            "surface-water", "21", "水质自动站", "water quality station",
            (
                _river("w01010", "degC", 1, 15.5, swing=0.05, noise=0.02),
                _river("w01001", "1", 2, 7.6, "III", swing=0.008, noise=0.01),
                _river("w01009", "mg/L", 2, 7.4, "III", swing=0.09),
                _river("w01014", "uS/cm", 1, 486.0),
                _river("w01019", "mg/L", 1, 3.6, "III"),
                _river("w21003", "mg/L", 2, 0.42, "III", noise=0.12),
                _river("w21011", "mg/L", 3, 0.11, "river/III", noise=0.1),
            ),
            target_class="Ⅲ", point_kind="river",
        ),
        PointKind.WEATHER: KindPlan("ambient-air", "22", "气象站", "weather station", _WEATHER, point_kind="weather"),
        PointKind.LAKE: KindPlan(
            "surface-water", "21", "水质自动站", "water quality station",
            (
                _river("w01010", "degC", 1, 16.5, swing=0.05, noise=0.02),
                _river("w01001", "1", 2, 8.0, "III", swing=0.01, noise=0.01),
                _river("w01009", "mg/L", 2, 8.1, "III", swing=0.09),
                _river("w01019", "mg/L", 1, 4.4, "III"),
                _river("w21003", "mg/L", 2, 0.30, "III", noise=0.12),
                _river("w21011", "mg/L", 3, 0.041, "lake_reservoir/III", noise=0.1),
                _river("w21001", "mg/L", 2, 0.86, "lake_reservoir/III", noise=0.06),
            ),
            target_class="Ⅲ", point_kind="lake",
        ),
        PointKind.NOISE: KindPlan(
            "noise", "23", "噪声自动站", "noise station",
            (
                FactorPlan("Leq", "dB(A)", 1, level=56.0, swing=0.05, noise=0.03),
                FactorPlan("LMx", "dB(A)", 1, level=66.0, swing=0.04, noise=0.05),
                FactorPlan("L90", "dB(A)", 1, level=49.0, swing=0.05, noise=0.02),
            ),
            target_class="3", point_kind="zone-noise",
        ),
    }
)  # fmt: skip

LEGACY_CODES: Mapping[str, str] = MappingProxyType(
    {
        "w00000": "B01", "w01001": "001", "w01018": "011", "w21003": "060", "w21011": "101", "w21001": "065",
        "w22001": "080", "a00000": "B02", "a01011": "S02", "a01012": "S03", "a01014": "S05",
        "a19001": "S01", "a34013": "01", "a21026": "02", "a21002": "03", "a21005": "04", "a21024": "08",
    }
)  # fmt: skip
"""HJ/T 212-2005 codes ("original code" column of HJ 212-2017 appendix B), which loggers of 2005 send; S08 (MPa) is
too coarse for a stack's pressure, so they send a01013 beside them, as real ones do."""
