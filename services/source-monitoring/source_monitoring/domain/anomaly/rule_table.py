"""When each rule runs, on which values, over which window, with which parameters: the one table of all 46 rules, and orders.

    stream       on each packet as it comes (packets.py)
    ten-minutes  values as they come, of the last hours          hourly   ten-minute values and hours of the last day
    daily        whole days after midnight, up to 31 days back

A device that reports a parameter makes its point's hourly rules due at once. `quiet` is how long nothing may be found until
an open anomaly is over: two windows (rule table of the library, "stays open until normal for 2 x window").
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from park_schemas.codes import SOURCE_MEDIA, Medium
from park_standards.anomaly.result import Anomaly

from source_monitoring.domain.anomaly import (
    equipment_rules,
    gas_rules,
    link_rules,
    process_rules,
    series_rules,
)
from source_monitoring.domain.anomaly.parameters import Parameters
from source_monitoring.domain.anomaly.window import DAY, FLOWS, HOUR, Grid, Lacking, Window, not_reported
from source_monitoring.domain.reductions import order_rule


class Cadence(StrEnum):
    STREAM = "stream"
    TEN_MINUTES = "ten-minutes"
    HOURLY = "hourly"
    DAILY = "daily"


EVERY = MappingProxyType({Cadence.TEN_MINUTES: timedelta(minutes=10), Cadence.HOURLY: HOUR, Cadence.DAILY: DAY})

Judge = Callable[[Window, Parameters, str], Iterable[Anomaly]]
Choice = Callable[[Window], list[str]]

GAS = frozenset({Medium.WASTE_GAS})
WATER = frozenset({Medium.WASTE_WATER, Medium.RAIN_WATER})
MONTH = 31 * DAY


@dataclass(frozen=True)
class RuleRun:
    """A row. `judge` None: the rule runs on the stream. `factors` None: the rule speaks of the point as a whole.

    `reads` says how far before what is new each kind of value is needed; `by_clock`: also without new data. Anomalies of a
    rule that is not `published` are listed, but make no finding (its findings are made elsewhere).
    """

    rule_id: str
    cadence: Cadence
    judge: Judge | None
    quiet: timedelta
    factors: Choice | None = None
    reads: Mapping[Grid, timedelta] = field(default_factory=dict)
    parameters: Mapping[str, Decimal] = field(default_factory=dict)
    media: frozenset[Medium] = SOURCE_MEDIA
    by_clock: bool = False
    published: bool = True


def _limited(w: Window) -> list[str]:
    found = w.limited()
    if not found:
        raise Lacking("没有现行限值的因子", "no factor has a limit in force", "limits")
    return found


def _pollutants(w: Window) -> list[str]:
    found = w.pollutants()
    if not found:
        raise Lacking("不上报污染物浓度", "no concentration is reported")
    return found


def _only(*codes: str) -> Choice:
    def choose(w: Window) -> list[str]:
        found = [code for code in codes if w.own.has(code)]
        if not found:
            raise not_reported(*codes)
        return found

    return choose


def _converted(w: Window) -> list[str]:
    found = [factor for factor in w.limited() if w.limit(factor).converted]
    if not found:
        raise Lacking("没有按折算浓度考核的因子", "no factor is judged by its converted value", "limits")
    return found


def _with_flow(w: Window) -> list[str]:
    return [*(code for code in FLOWS if w.own.has(code)), *w.limited()]


def _totals(w: Window) -> list[str]:
    found = [code for (code, attribute) in w.own.columns.get(Grid.DAY, {}) if attribute == "Cou"]
    if not found:
        raise Lacking("设备未上报日累计值", "the device sends no total of the day")
    return [code for code in found if code in w.own.limits.factors]


def _gas_or_water(w: Window) -> list[str]:
    """Return pollutants; of rain-water outlets none, whose values stand still when it does not rain."""
    if w.own.limits.point.medium is Medium.RAIN_WATER:
        raise Lacking("雨水排口无雨时数值静止,不判定", "values of a rain-water outlet stand still without rain")
    return _pollutants(w)


def _p(**values: float | int | str) -> Mapping[str, Decimal]:
    return MappingProxyType({name: Decimal(str(value)) for name, value in values.items()})


R, M, H, D = Grid.REALTIME, Grid.MINUTE, Grid.HOUR, Grid.DAY
_S, _T, _H, _D = Cadence.STREAM, Cadence.TEN_MINUTES, Cadence.HOURLY, Cadence.DAILY
_ten, _half = timedelta(minutes=10), timedelta(minutes=30)
s, g, q, e, k = series_rules, gas_rules, process_rules, equipment_rules, link_rules

_ROWS = (
    RuleRun("AN01", _H, s.constant, 8 * HOUR, _gas_or_water, {R: 5 * HOUR, H: DAY},
            _p(share="0.01", gas_window_h=4, identical=6)),
    RuleRun("AN02", _H, s.zero, 4 * HOUR, _gas_or_water, {M: 3 * HOUR}, _p(back_h=2)),
    RuleRun("AN03", _H, s.negative, 2 * HOUR, _pollutants, {M: HOUR}, _p(share="0.025"), GAS),
    RuleRun("AN04", _T, s.over_range, HOUR, _pollutants, {R: HOUR}, _p(share="0.98", at_least_min=10)),
    RuleRun("AN05", _D, s.range_too_wide, 2 * DAY, _limited, {}, _p(widest=3, narrowest="1.2")),
    RuleRun("AN06", _H, s.jump, 2 * HOUR, _limited, {M: 11 * HOUR}, _p(sigmas=3, history=30, step_share="0.2")),
    RuleRun("AN07", _H, s.drop_at_exceedance, 4 * HOUR, _limited, {R: HOUR, M: 2 * HOUR},
            _p(near="0.9", fall="0.5", periods=2, back_h=1)),
    RuleRun("AN08", _D, s.flat_top, 2 * DAY, _limited, {M: DAY}, _p(band="0.95", share="0.15", least_h=18)),
    RuleRun("AN09", _D, s.similar_days, 2 * DAY, _limited, {M: MONTH},
            _p(least_correlation="0.98", difference_share="0.02", least_hours=20, days_back_d=30, left_out_share="0.02")),
    RuleRun("AN10", _D, s.periodic, 2 * DAY, _limited, {M: 8 * DAY}, _p(window_d=7, least="0.9")),
    RuleRun("AN11", _S, None, HOUR, None, {}, _p(warn_s=60, alarm_s=300)),
    RuleRun("AN12", _T, g.oxygen_high, HOUR, _only("a19001"), {M: HOUR}, _p(highest=19, at_least_min=30), GAS),
    RuleRun("AN13", _T, g.oxygen_low, HOUR, _only("a19001"), {M: HOUR}, _p(lowest="0.5", margin=5, at_least_min=30), GAS),
    RuleRun("AN14", _H, g.conversion_wrong, 2 * HOUR, _converted, {R: HOUR},
            _p(tolerance="0.02", highest_oxygen="20.5", least=5), GAS),
    RuleRun("AN15", _T, g.velocity, 2 * HOUR, _only("a01011"), {M: 2 * HOUR},
            _p(lowest=5, highest=30, range_share="0.2", at_least_min=60), GAS),
    RuleRun("AN16", _D, g.flow_against_load, 2 * DAY, _only("a00000"), {M: 2 * DAY, H: 2 * DAY},
            _p(tolerance="0.3", window_h=24), GAS),
    RuleRun("AN17", _T, g.sample_line, HOUR, None, {R: HOUR}, _p(line_lowest=120, condenser_highest=4, at_least_min=30), GAS),
    RuleRun("AN18", _H, g.ammonia_over_nitrogen, 2 * HOUR, _only("w21003"), {H: 2 * HOUR},
            _p(share="0.1", absolute="0.5"), WATER),
    RuleRun("AN19", _H, g.cod_below_part, 2 * HOUR, _only("w01018"), {H: 2 * HOUR}, _p(share="0.1"), WATER),
    RuleRun("AN20", _H, s.ph, 12 * HOUR, _only("w01001"), {M: 25 * HOUR},
            _p(least_variance="0.01", hourly_change=2, lowest=2, highest=12, window_h=24, still_within="0.2"),
            WATER),
    RuleRun("AN21", _D, g.removal_too_high, 2 * DAY, _only("w01018"), {M: DAY, H: DAY},
            _p(highest="0.95", least_hours=18), WATER),
    RuleRun("AN22", _H, g.components_over_total, 2 * HOUR, _only("a24088"), {H: 2 * HOUR}, _p(share="0.1"), GAS),
    RuleRun("AN23", _T, g.flame_out, HOUR, _only("a24088"), {R: HOUR}, _p(at_least_min=30, running=15), GAS),
    RuleRun("AN24", _T, q.untreated_production, HOUR, None, {R: 2 * HOUR},
            _p(running="0.15", treating="0.20", at_least_min=10, grace_min=30)),
    RuleRun("AN25", _T, q.treatment_out_of_step, HOUR, None, {R: 6 * HOUR},
            _p(running="0.15", treating="0.20", late_min=10, purge_min=10, back_h=6)),
    RuleRun("AN26", _T, q.emission_during_stop, HOUR, None, {R: 3 * HOUR},
            _p(oxygen=18, temperature=80, flow_share="0.1", at_least_min=10, after_stop_min=60)),
    RuleRun("AN27", _D, e.marks_cover_exceedances, 2 * DAY, _limited, {M: MONTH}, _p(least=5, share="0.8")),
    RuleRun("AN28", _D, e.calibration_covers_exceedance, 2 * DAY, _limited, {M: MONTH},
            _p(near="0.9", within_h=1, times=3, schedule_tolerance_min=60)),
    RuleRun("AN29", _H, e.parameter_changed, DAY, None, {}, _p(large="0.1"), by_clock=True),
    RuleRun("AN30", _H, e.analyser_differs, 2 * HOUR, _pollutants, {R: HOUR}, _p(range_share="0.01", value_share="0.05")),
    RuleRun("AN31", _T, k.offline, _ten, None, {R: _half},
            _p(suspect_intervals=2, offline_after_min=60, missing_after_h=24), by_clock=True, published=False),
    RuleRun("AN32", _H, k.factor_missing, 2 * HOUR, None, {M: DAY}, _p(warn=1, alarm=4)),
    RuleRun("AN33", _H, e.drift_not_corrected, DAY, _pollutants, {M: 3 * DAY},
            _p(correct=5, recalibrate=10, within_h=24), by_clock=True),
    RuleRun("AN34", _D, e.check_overdue, 2 * DAY, None, {}, _p(), by_clock=True),
    RuleRun("AN35", _H, e.manual_differs, DAY, _pollutants, {M: 3 * DAY}, _p(share="0.3", back_d=3), by_clock=True),
    RuleRun("AN36", _H, q.furnace_too_cold, 2 * HOUR, None, {R: 25 * HOUR}, _p(a_day=5), GAS),
    RuleRun("AN37", _T, q.good_values_without_treatment, 2 * HOUR, _only("a21026"), {R: 2 * HOUR},
            _p(outlet=5, inlet=800, pump_running=0, at_least_min=60), GAS),
    RuleRun("AN38", _D, q.water_imbalance, 2 * DAY, _only("w00000"), {M: MONTH, H: MONTH},
            _p(tolerance="0.5", least_hours=18), WATER),
    RuleRun("AN39", _T, q.pump_against_flow, HOUR, _only("w00000"), {R: HOUR},
            _p(no_flow=0, pump_running=0, at_least_min=10), WATER),
    RuleRun("AN40", _D, s.night_discharge, 2 * DAY, _with_flow, {H: 8 * DAY}, _p(window_d=7, ratio=2, nights=3)),
    RuleRun("AN41", _H, e.access_before_change, DAY, None, {M: 11 * HOUR}, _p(within_h=1)),
    RuleRun("AN42", _T, e.power_loss, HOUR, None, {R: HOUR}, _p(lowest=180, highest=250, at_least_min=1)),
    RuleRun("AN43", _D, s.too_low, 2 * DAY, _limited, {H: MONTH, M: DAY}, _p(share="0.5", least_hours=18, load_share="0.7")),
    RuleRun("AN44", _D, k.total_inconsistent, 2 * DAY, _totals, {H: 2 * DAY, D: 3 * DAY}, _p(share="0.05", least_hours=21)),
    RuleRun("AN45", _S, None, DAY, None, {}, _p(resend_within_s=90)),
    RuleRun("AN46", _D, k.capture_low, 2 * DAY, _limited, {H: MONTH}, _p(least="0.9", least_hours=120)),
    RuleRun(order_rule.RULE_ID, _H, order_rule.order_kept, 3 * HOUR, None, {},
            _p(tolerance="0.05", grace_h=2, at_least_h=2, least_hours=72)),
)  # fmt: skip

RULE_RUNS: Mapping[str, RuleRun] = MappingProxyType({row.rule_id: row for row in _ROWS})
PARAMETERS: Mapping[str, Mapping[str, Decimal]] = MappingProxyType({row.rule_id: row.parameters for row in _ROWS})
