"""Waste water: stale samples, contaminated electrodes, impossible chemistry, pumps, balances, nights."""

from source_monitoring.domain.anomaly.settings import SignalSource

from anomaly_proof.plant import DAY, START, Factor, Minute, meter, water
from anomaly_proof.scenario import MINUTES, Case, Event, Outlet, case, dice_of, during, scenario, spread

COD, NH3, TN, FLOW, PH = "w01018", "w21003", "w21001", "w00000", "w01001"
_PERMANGANATE = Factor("w01019", "mg/L", 62.0, 1, slow=0.1, cycle_min=60)
ONE_ANALYSIS = 60 * MINUTES
"""How long an analyser goes on showing a result after what caused it is over."""


def _times(made: Minute, code: str, factor: float) -> None:
    made.values[code] *= factor


@scenario("AN01", "采样泵失效,COD 分析仪反复分析同一份残样(7–12 个相同结果)")
def stale_sample(seed: int) -> Case:
    dice = dice_of(seed, "AN01w")
    plant, events = water(seed), spread(dice, 3, (1, 6), (430, 700))
    held: dict[Event, float] = {}
    plant.said.append(during(events, lambda made, e: made.values.update({COD: held.setdefault(e, made.values[COD])})))
    return case(plant, "AN01", events, 6)


@scenario("AN02", "氨氮分析仪缺试剂,结果为零 3–6 小时")
def no_reagent(seed: int) -> Case:
    dice = dice_of(seed, "AN02w")
    plant, events = water(seed), spread(dice, 4, (1, 6), (180, 360))
    plant.said.append(during(events, lambda made, _: made.values.update({NH3: 0.0})))
    return case(plant, "AN02", events, 6)


@scenario("AN06", "COD 一次分析间上跳约限值的 40–70 %")
def leaping_cod(seed: int) -> Case:
    dice = dice_of(seed, "AN06w")
    plant, events = water(seed), spread(dice, 4, (1, 6), (120, 300), ONE_ANALYSIS)
    plant.truth.append(during(events, lambda made, _: made.values.update({COD: made.values[COD] + 280})))
    return case(plant, "AN06", events, 6)


@scenario("AN18", "氨氮电极受污染,示值比总氮高 15–40 %")
def dirty_electrode(seed: int) -> Case:
    dice = dice_of(seed, "AN18")
    plant, events = water(seed), spread(dice, 4, (1, 6), (200, 500))
    shares = {event: dice.uniform(1.2, 1.4) for event in events}
    plant.said.append(during(events, lambda made, e: made.values.update({NH3: round(made.values[TN] * shares[e], 2)})))
    return case(plant, "AN18", events, 6)


@scenario("AN19", "COD 分析仪消解温度不足,示值低于高锰酸盐指数")
def cold_digestion(seed: int) -> Case:
    dice = dice_of(seed, "AN19")
    plant, events = water(seed, _PERMANGANATE), spread(dice, 4, (1, 6), (200, 500))
    plant.truth.append(during(events, lambda made, _: _times(made, COD, 0.2)))
    return case(plant, "AN19", events, 6)


@scenario("AN20", "pH 电极破损(26–40 小时几乎不变);另有酸液冲击与超出 2–12")
def broken_glass(seed: int) -> Case:
    dice = dice_of(seed, "AN20")
    plant = water(seed)
    dead = Event(START + DAY, START + DAY + dice.randrange(27, 40) * DAY / 24)
    acid = spread(dice, 2, (4, 7), (60, 120))
    plant.truth.append(during([dead], lambda made, _: made.values.update({PH: 7.02 + 0.02 * dice.gauss(0, 1)})))
    plant.truth.append(during(acid[:1], lambda made, _: made.values.update({PH: 3.9 + 0.1 * dice.gauss(0, 1)})))
    plant.truth.append(during(acid[1:], lambda made, _: made.values.update({PH: 1.5 + 0.1 * dice.gauss(0, 1)})))
    return case(plant, "AN20", [dead, *acid], 8)


@scenario("AN21", "出水 COD 被自来水稀释,去除率突升至 97 % 以上(整日)")
def diluted_effluent(seed: int) -> Case:
    dice = dice_of(seed, "AN21")
    plant = water(seed, Factor("e10201", "mg/L", 2000.0, 0, slow=0.12, cycle_min=60))
    events = [Event(START + day * DAY, START + (day + 1) * DAY) for day in sorted(dice.sample(range(1, 8), 3))]
    plant.truth.append(during(events, lambda made, _: _times(made, COD, dice.uniform(0.2, 0.26))))
    return case(plant, "AN21", events, 9, realtime_days=0)


@scenario("AN38", "暗管分流:取水照旧,排口水量只剩三到四成(整日)")
def bypassed(seed: int) -> Case:
    dice = dice_of(seed, "AN38")
    intake = Factor("w00001", "L/s", 7.4, 2, swing=0.15, slow=0.1, fast=0.05, white=0.02, follows_load=0.9)
    plant = water(seed, intake)
    events = [Event(START + day * DAY, START + (day + 1) * DAY) for day in sorted(dice.sample(range(32, 40), 3))]
    plant.truth.append(during(events, lambda made, _: _times(made, FLOW, dice.uniform(0.3, 0.4))))
    outlet = Outlet({}, {"intake": [SignalSource(factor="w00001")]})
    return case(plant, "AN38", events, 41, from_day=31, outlet=outlet, realtime_days=0)


@scenario("AN39", "外排泵运行而流量计读零(旁路),或停泵仍有流量,20–80 分钟")
def bypassed_meter(seed: int) -> Case:
    dice = dice_of(seed, "AN39")
    plant, events = water(seed, meter("e30101", 30)), spread(dice, 4, (1, 6), (20, 80))
    for place, event in enumerate(events):
        code = FLOW if place % 2 else "e30101"
        plant.said.append(during([event], lambda made, _, c=code: made.values.update({c: 0.0})))  # type: ignore[misc]
    return case(plant, "AN39", events, 6)


@scenario("AN40", "一周内四夜加大排放,夜间流量约为昼间 2.5–3.5 倍")
def night_work(seed: int) -> Case:
    dice = dice_of(seed, "AN40")
    plant = water(seed)
    nights = set(dice.sample(range(8, 14), 4))

    def open_gate(made: Minute) -> None:
        if (made.at - START).days in nights and (made.at.hour >= 22 or made.at.hour < 6):
            made.values[FLOW] *= dice.uniform(2.6, 3.5)

    plant.truth.append(open_gate)
    first = START + min(nights) * DAY
    return case(plant, "AN40", [Event(first, START + 15 * DAY)], 16, from_day=7, realtime_days=0)


@scenario("AN43", "整日稀释,日均浓度只剩两到三成,流量正常")
def too_clean(seed: int) -> Case:
    dice = dice_of(seed, "AN43")
    plant = water(seed)
    events = [Event(START + day * DAY, START + (day + 1) * DAY) for day in sorted(dice.sample(range(32, 40), 2))]
    plant.truth.append(during(events, lambda made, _: _times(made, NH3, dice.uniform(0.2, 0.3))))
    return case(plant, "AN43", events, 41, from_day=31, realtime_days=0)
