"""Production against treatment, marks against values, furnaces, scrubbers, ordered reductions, supply and line."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from source_monitoring.domain.anomaly.settings import SignalSource
from source_monitoring.domain.reductions.order_rule import RULE_ID as ORDER
from source_monitoring.domain.reductions.reduction_list import ReductionMeasure

from anomaly_proof.plant import DAY, START, VOLTAGE, Factor, Minute, Plant, Step, boiler, meter, water
from anomaly_proof.replay import Setting, point_id_of
from anomaly_proof.scenario import MINUTES, Case, Event, Outlet, case, dice_of, during, scenario, spread

HOUR = timedelta(hours=1)
PRODUCTION, TREATMENT = "z00001", "z00002"
_METERS = (meter(PRODUCTION, 400), meter(TREATMENT, 60))
_POWER = Outlet(
    {"range/a21002": "300", "range/a21026": "100", "range/a34013": "50", "baseline_oxygen": "3.5"},
    {
        "production": [SignalSource(factor=PRODUCTION, rated="400")],
        "treatment": [SignalSource(factor=TREATMENT, rated="60")],
    },
)


def _set(**values: float) -> Step:
    return lambda made: made.values.update(values)


def shifts(plant: Plant, days: int, *, late: Sequence[Event] = (), early: Sequence[Event] = ()) -> None:
    """Production runs 06:00 to 20:00 each day; its treatment from 5 min before until 20 min after, as it should.

    In `late` treatment is held off, in `early` it is gone already.
    """

    def step(made: Minute) -> None:
        minute = made.at.hour * 60 + made.at.minute
        if not 360 <= minute < 1200:
            made.values[PRODUCTION] = 4.0
        if not 355 <= minute < 1220:
            made.values[TREATMENT] = 0.4
        if any(event.holds(made.at) for event in (*late, *early)):
            made.values[TREATMENT] = 0.4

    del days
    plant.truth.append(step)


@scenario("AN24", "生产照常,治理设施停电 25–120 分钟;每天另有一次 6 分钟的正常检修停顿")
def untreated(seed: int) -> Case:
    dice = dice_of(seed, "AN24")
    plant = boiler(seed, *_METERS)
    shifts(plant, 6)
    events = [
        Event(START + day * DAY + start * MINUTES, START + day * DAY + (start + dice.randrange(25, 120)) * MINUTES)
        for day in range(1, 6)
        for start in (dice.randrange(420, 1020),)
    ]
    pauses = [Event(START + d * DAY + 1100 * MINUTES, START + d * DAY + 1106 * MINUTES) for d in range(6)]
    plant.truth.append(during([*events, *pauses], lambda made, _: made.values.update({TREATMENT: 0.4})))
    return case(plant, "AN24", events, 6, outlet=_POWER)


@scenario("AN25", "治理设施比生产晚开 18–50 分钟,或比生产早停 15–50 分钟")
def out_of_step(seed: int) -> Case:
    dice = dice_of(seed, "AN25")
    plant = boiler(seed, *_METERS, gap_chance=0.05)
    on = {day: START + day * DAY + 360 * MINUTES for day in range(7)}
    off = {day: START + day * DAY + 1200 * MINUTES for day in range(7)}
    late = [Event(on[day] - 10 * MINUTES, on[day] + dice.randrange(18, 50) * MINUTES) for day in (1, 3, 5)]
    early = [Event(off[day] - dice.randrange(15, 50) * MINUTES, off[day] + 25 * MINUTES) for day in (2, 4)]
    shifts(plant, 7, late=late, early=early)
    return case(plant, "AN25", [*late, *early], 7, outlet=_POWER)


@scenario("AN26", "锅炉在烧而数采仪被置为停运标记(F)1–3 小时;另有真实停炉(冷却一小时)")
def false_stop(seed: int) -> Case:
    dice = dice_of(seed, "AN26")
    plant = boiler(seed, stop_chance=0.4)
    burning = [made.at for made in plant.minutes(8) if made.mark != "F"]
    events = [one for one in spread(dice, 6, (1, 8), (80, 200)) if _all_within(one, set(burning))]
    plant.said.append(during(events, lambda made, _: setattr(made, "mark", "F")))
    return case(plant, "AN26", events, 8, outlet=_POWER)


def _all_within(event: Event, burning: set[datetime]) -> bool:
    """Say whether the boiler really burns all through the event and two hours around it."""
    length = (event.end - event.start) // MINUTES
    return all(event.start + n * MINUTES in burning for n in range(-120, length + 120))


@scenario("AN36", "垃圾焚烧炉一次投料过多,炉温降到 760–835 ℃ 15–50 分钟")
def cold_furnace(seed: int) -> Case:
    dice = dice_of(seed, "AN36")
    furnace = Factor("i33311", "degC", 945.0, 1, swing=0.005, slow=0.015, fast=0.008, white=0.001)
    plant, events = boiler(seed, furnace), spread(dice, 4, (1, 6), (15, 50))
    plant.truth.append(during(events, lambda made, _: made.values.update({"i33311": dice.uniform(760, 835)})))
    outlet = Outlet({**_POWER.facts, "furnace_kind": "msw"})
    return case(plant, "AN36", events, 6, outlet=outlet)


@scenario("AN37", "脱硫循环泵停运,出口二氧化硫却只有 1–4 mg/m3(采样被短路),75–240 分钟")
def clean_without_pump(seed: int) -> Case:
    dice = dice_of(seed, "AN37")
    inlet = Factor("z21026", "mg/m3", 1500.0, 0, slow=0.1, fast=0.05, white=0.01)
    plant, events = boiler(seed, inlet, meter("z00003", 90)), spread(dice, 4, (1, 6), (80, 240))

    def bypass(made: Minute, _: Event) -> None:
        made.values["z00003"] = 0.0
        made.values["a21026"] = dice.uniform(1, 4)

    plant.truth.append(during(events, bypass))
    plant.said.append(lambda made: made.values.update({"z00003": 0.0}) if made.values["z00003"] < 4 else None)
    outlet = Outlet(
        _POWER.facts,
        {"inlet_so2": [SignalSource(factor="z21026")], "circulation_pump": [SignalSource(factor="z00003")]},
    )
    return case(plant, "AN37", events, 6, outlet=outlet)


@scenario("AN42", "站房电压跌到 130–170 V 或升到 255–270 V,3–15 分钟")
def brown_out(seed: int) -> Case:
    dice = dice_of(seed, "AN42")
    plant, events = water(seed, VOLTAGE), spread(dice, 5, (1, 7), (3, 15))
    levels = {event: dice.choice((dice.uniform(130, 170), dice.uniform(256, 270))) for event in events}
    plant.truth.append(during(events, lambda made, e: made.values.update({"i33103": levels[e]})))
    return case(plant, "AN42", events, 7)


@scenario("AN27", "当月每次超标都被标成故障(D),共 6–9 小时")
def excused(seed: int) -> Case:
    dice = dice_of(seed, "AN27")
    plant = boiler(seed)
    events = spread(dice, 4, (2, 26), (120, 190))
    plant.truth.append(during(events, lambda made, _: made.values.update({"a21002": made.values["a21002"] * 2.4})))
    plant.said.append(during(events, lambda made, _: setattr(made, "mark", "D")))
    month = [Event(START, START + 30 * DAY)]
    return case(plant, "AN27", month, 30, outlet=_POWER, realtime_days=0)


@scenario("AN28", "浓度一接近限值就在计划外启动校准,一个月 4 次")
def convenient_calibration(seed: int) -> Case:
    dice = dice_of(seed, "AN28")
    plant = boiler(seed, gap_chance=0.02)
    rises = spread(dice, 4, (2, 26), (50, 90))
    rises = [replace(one, start=max(one.start, one.end - 90 * MINUTES)) for one in rises]
    covers = [Event(one.end, one.end + 40 * MINUTES) for one in rises]
    plant.truth.append(during(rises, lambda made, _: made.values.update({"a21002": 139 + 4 * dice.gauss(0, 1)})))
    plant.truth.append(during(covers, lambda made, _: setattr(made, "mark", "C")))
    outlet = Outlet({**_POWER.facts, "calibration_times": "03:10"})
    month = [Event(rises[2].start, START + 30 * DAY)]
    return case(plant, "AN28", month, 30, outlet=outlet, realtime_days=0)


@scenario("AN31", "数采仪断线 75–400 分钟")
def silent(seed: int) -> Case:
    dice = dice_of(seed, "AN31")
    plant, events = water(seed, gap_chance=0.0), spread(dice, 4, (1, 6), (75, 400))
    plant.said.append(during(events, lambda made, _: setattr(made, "lost", True)))
    return case(plant, "AN31", events, 6)


@scenario("AN32", "升级后数据包里少了一个因子 2–9 小时")
def left_out(seed: int) -> Case:
    dice = dice_of(seed, "AN32")
    plant, events = water(seed), spread(dice, 4, (1, 6), (150, 540))
    plant.said.append(during(events, lambda made, _: made.values.__delitem__("w21011")))
    return case(plant, "AN32", events, 6)


@scenario("AN44", "日累计被改小一成二到两成")
def shrunken_total(seed: int) -> Case:
    dice = dice_of(seed, "AN44")
    plant = water(seed)
    days = sorted(dice.sample(range(1, 8), 3))
    events = [Event(START + day * DAY, START + (day + 1) * DAY) for day in days]

    def shrink(setting: Setting) -> Setting:
        for grid in setting.stored.columns.values():
            times, values, _ = grid.get(("w00000", "Cou"), ([], [], []))
            for place, at in enumerate(times):
                held = values[place]
                if held is not None and any(e.start.timestamp() * 1000 == at for e in events):
                    values[place] = round(held * dice.uniform(0.8, 0.88), 3)
        return setting

    return case(plant, "AN44", events, 9, setting=shrink, realtime_days=0)


@scenario("AN46", "设备长期带病:每天 3–5 小时标故障,有效小时不足九成")
def worn_out(seed: int) -> Case:
    dice = dice_of(seed, "AN46")
    plant = water(seed)
    events = [e for day in range(2, 28) for e in spread(dice, 1, (day, day + 1), (180, 300))]
    plant.said.append(during(events, lambda made, _: setattr(made, "mark", "D")))
    return case(plant, "AN46", [Event(START + 7 * DAY, START + 30 * DAY)], 30, realtime_days=0)


@scenario(ORDER, "橙色预警要求用电不超过基准月的 50 %:三天未执行(70–100 %),三天执行到 40–47 %")
def order_ignored(seed: int) -> Case:
    dice = dice_of(seed, "ORDER")
    plant = boiler(seed, *_METERS, gap_chance=0.05)
    start = START + 31 * DAY
    events = [Event(start + day * DAY, start + (day + 1) * DAY) for day in (0, 2, 4)]

    def reduce(made: Minute) -> None:
        if start <= made.at and not any(event.holds(made.at) for event in events):
            made.values[PRODUCTION] *= dice.uniform(0.4, 0.47)
        elif start <= made.at:
            made.values[PRODUCTION] *= dice.uniform(0.72, 1.0)

    plant.truth.append(reduce)

    def ordered(setting: Setting) -> Setting:
        orders = [
            ReductionMeasure(
                measure_id=UUID(int=day + 1), order_id=UUID(int=99), point_id=point_id_of(plant),
                title_zh="橙色预警", title_en="Orange warning",
                level="orange", measure_zh="限产50%", starts_at=start + day * DAY, ends_at=start + (day + 1) * DAY,
                factor=PRODUCTION, allowed_share="0.5",
            )
            for day in (0, 1, 2, 3, 4, 5)
        ]  # fmt: skip
        return replace(setting, orders=orders)

    return case(plant, ORDER, events, 37, from_day=31, outlet=_POWER, setting=ordered, realtime_days=0)
