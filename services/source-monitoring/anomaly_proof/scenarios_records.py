"""What is on record: parameters, checks, manual results, access; and the packets themselves (AN11, AN45)."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from park_schemas.codes import Period
from park_schemas.telemetry import Measurement, ReadingsReported
from park_standards.anomaly.result import Anomaly
from park_standards.means import arithmetic_mean
from source_monitoring.domain.anomaly.episodes import Episode, fold
from source_monitoring.domain.anomaly.packets import SeenPacket, clock_of, digest_of, replays, sent_at
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS
from source_monitoring.domain.anomaly.window import Grid, OutletRecord

from anomaly_proof.plant import DAY, START, boiler, water
from anomaly_proof.replay import HOUR, Setting, point_id_of, register
from anomaly_proof.scenario import MINUTES, Case, Event, Outlet, case, dice_of, during, scenario, spread

_RANGES = Outlet({"range/a21002": "300", "range/a21026": "100", "range/a34013": "50", "baseline_oxygen": "3.5"})
_NO_RANGE = Outlet({"baseline_oxygen": "3.5"})


def _with(records: Sequence[OutletRecord]) -> Callable[[Setting], Setting]:
    return lambda setting: replace(setting, records=sorted(records, key=lambda record: record.at))


def _parameter(at: object, name: str, value: str, factor: str = "a21002") -> OutletRecord:
    return OutletRecord(at, "parameter", factor=factor, name=name, value=Decimal(value))  # type: ignore[arg-type]


@scenario("AN05", "量程被改为限值的 4–10 倍(设备上报的量程参数)")
def widened_range(seed: int) -> Case:
    dice = dice_of(seed, "AN05")
    plant = boiler(seed)
    day = dice.randrange(3, 6)
    wide = START + day * DAY + dice.randrange(100, 1300) * MINUTES
    records = [_parameter(START + HOUR, "i13001", "300"), _parameter(wide, "i13001", str(150 * dice.randrange(4, 10)))]
    return case(
        plant, "AN05", [Event(wide, START + 9 * DAY)], 9, outlet=_NO_RANGE, setting=_with(records), realtime_days=0
    )


@scenario("AN29", "斜率或量程无工单被改 3–40 %;另有两次带工单的合规调整")
def tampered_parameter(seed: int) -> Case:
    dice = dice_of(seed, "AN29")
    plant, events = water(seed), spread(dice, 4, (1, 7), (1, 2), late=2 * HOUR)
    value, records = 1.0, [_parameter(START + HOUR, "i13008", "1.0", "w01018")]
    for event in events:
        value = round(value * (1 + dice.choice((-1, 1)) * dice.uniform(0.03, 0.4)), 4)
        records.append(_parameter(event.start, "i13008", str(value), "w01018"))
    for day in (7, 8):
        at = START + day * DAY + 10 * HOUR
        value = round(value * 1.02, 4)
        records += [
            OutletRecord(at, "work-order", work_order=f"GD-{day}"),
            _parameter(at + HOUR, "i13008", str(value), "w01018"),
        ]
    return case(plant, "AN29", events, 9, setting=_with(records), realtime_days=0)


@scenario("AN33", "标样核查偏差 6–15 % 而一日内未校准;另有偏差后及时校准的")
def uncorrected_drift(seed: int) -> Case:
    dice = dice_of(seed, "AN33")
    plant, records, events = water(seed), [], []
    for day in range(1, 9):
        at = START + day * DAY + 9 * HOUR
        bad, corrected = day % 2 == 0, day % 4 == 0
        off = dice.uniform(6, 15) if bad else dice.uniform(-3, 3)
        records.append(OutletRecord(at, "standard-check", factor="w01018", value=Decimal(f"{off:.1f}")))
        if bad and corrected:
            records.append(OutletRecord(at + 3 * HOUR, "calibration", factor="w01018"))
        elif bad:
            events.append(Event(at, at + DAY, 2 * HOUR))
    return case(plant, "AN33", events, 11, setting=_with(records), realtime_days=0)


@scenario("AN34", "每日自动标样核查停做;此前每天按时通过")
def overdue(seed: int) -> Case:
    dice = dice_of(seed, "AN34")
    plant, last = water(seed), dice.randrange(3, 6)
    records = [
        OutletRecord(
            START + day * DAY + (2 * 60 + dice.randrange(0, 30)) * MINUTES, "quality-check", text="COD, NH3-N, TP, TN analysers",
            name="automatic standard-sample check", passed=True,
        )
        for day in range(last)
    ]  # fmt: skip
    event = Event(START + last * DAY + 3 * HOUR, START + 9 * DAY)
    return case(plant, "AN34", [event], 9, setting=_with(records), realtime_days=0)


@scenario("AN35", "在线值比手工比对低 35–60 %;另有偏差 15 % 以内的比对")
def manual_disagrees(seed: int) -> Case:
    dice = dice_of(seed, "AN35")
    plant = boiler(seed, gap_chance=0.0, fault_chance=0.0)
    times = [START + day * DAY + dice.randrange(540, 900) * MINUTES for day in range(1, 8)]
    events = [Event(at, at + MINUTES, 3 * HOUR) for at in times[::2]]

    def compared(setting: Setting) -> Setting:
        made = []
        for at in times:
            online = _mean_around(setting, at)
            share = dice.uniform(0.4, 0.65) if any(e.start == at for e in events) else dice.uniform(0.87, 1.15)
            made.append(OutletRecord(at, "manual-result", factor="a21002", value=Decimal(f"{online / share:.1f}")))
        return replace(setting, records=made)

    return case(plant, "AN35", events, 9, outlet=_RANGES, setting=compared, realtime_days=0)


def _mean_around(setting: Setting, at: object) -> float:
    times, values, _ = setting.stored.columns[Grid.MINUTE]["a21002", "Avg"]
    centre = at.timestamp() * 1000  # type: ignore[attr-defined]
    near = [
        Decimal(str(v)) for t, v in zip(times, values, strict=True) if abs(t - centre) <= 30 * 60_000 and v is not None
    ]
    return float(arithmetic_mean(near))


@scenario("AN41", "无工单开门后一小时内数据突变;另有带工单的开门与无变化的开门")
def door_and_jump(seed: int) -> Case:
    dice = dice_of(seed, "AN41")
    plant = boiler(seed)
    jumps = spread(dice, 3, (1, 8), (60, 180))
    plant.truth.append(during(jumps, lambda made, _: made.values.update({"a21002": made.values["a21002"] + 95})))
    doors, events = [], []
    for place, jump in enumerate(jumps):
        at = jump.start - dice.randrange(5, 50) * MINUTES
        order = "GD-7" if place == 2 else ""
        doors.append(OutletRecord(at, "access", text="door", work_order=order))
        if not order:
            events.append(Event(at, jump.start + HOUR, 2 * HOUR))
    quiet = [
        START + day * DAY + 4 * HOUR
        for day in (2, 5)
        if not any(abs(j.start - START - day * DAY) < DAY / 2 for j in jumps)
    ]
    doors += [OutletRecord(at, "access", text="door") for at in quiet]
    return case(plant, "AN41", events, 8, outlet=_RANGES, setting=_with(doors))


# --- packets ---------------------------------------------------------------------------------------------------------


def _body(mn: str, at: object, sent: object, received: object, value: str) -> ReadingsReported:
    from park_schemas.park_time import at_park

    return ReadingsReported(
        mn=mn, point_id=point_id_of(water(0)), edition="2017", system_type="32", command="2011", period=Period.REALTIME,
        data_time=at, received_at=received, request_id=at_park(sent).strftime("%Y%m%d%H%M%S") + "000",  # type: ignore[arg-type]
        measurements=[Measurement(factor="w01018", values={"Rtd": value}, mark="N")],
    )  # fmt: skip


def _folded(rule_id: str, anomalies: Sequence[Anomaly], until: object) -> list[Episode]:
    limits = register(water(0))
    return [
        one.episode
        for one in fold(
            [], anomalies, point_id=limits.point.point_id, rule_id=rule_id, factor="", quiet=RULE_RUNS[rule_id].quiet,
            judged_until=until,  # type: ignore[arg-type]
        )
    ]  # fmt: skip


def _latency(dice: random.Random) -> timedelta:
    """Mostly a second, sometimes a slow mobile line, rarely a minute and more."""
    slow = dice.random()
    return timedelta(
        seconds=dice.expovariate(1) + (dice.uniform(5, 40) if slow < 0.03 else 0) + (90 if slow < 0.002 else 0)
    )


@scenario("AN11", "数采仪时钟每天快慢漂移,一天后偏 2–10 分钟,随后校时;网络延迟有长尾")
def drifting_clock(seed: int) -> Case:
    dice = dice_of(seed, "AN11")
    events = [Event(START + day * DAY + 12 * HOUR, START + (day + 1) * DAY, HOUR) for day in (1, 3, 5)]
    rates = {event: dice.choice((-1, 1)) * dice.uniform(120, 600) for event in events}

    def judged() -> list[Episode]:
        found: list[Anomaly] = []
        offsets: list[timedelta] = []
        for minute in range(7 * 1440):
            at = START + minute * MINUTES
            off = next(
                (rates[e] * ((at - e.start) / (e.end - e.start)) for e in events if e.holds(at)), dice.uniform(-3, 3)
            )
            device = at + timedelta(seconds=off)
            sent = sent_at(_body("M", device, device, at + _latency(dice), "1"))
            assert sent is not None  # noqa: S101 - realtime
            received = at + _latency(dice)
            offsets = [*offsets[-4:], sent - received]
            found += clock_of(offsets, received, timedelta(minutes=1), timedelta(minutes=5))
        return _folded("AN11", found, START + 7 * DAY)

    return Case([replace(e, start=e.start + 6 * HOUR) for e in events], START, START + 7 * DAY, judged)


@scenario("AN45", "旧包换新 QN 重放、同一 QN 换内容;另有断线后原样重发与一分钟内换号重发")
def replayed_packets(seed: int) -> Case:
    dice = dice_of(seed, "AN45")
    at_minutes = sorted(dice.sample(range(100, 1400), 6))
    frauds = {minute: ("replay" if place % 2 else "reuse") for place, minute in enumerate(at_minutes)}
    events = [Event(START + m * MINUTES - 40 * MINUTES, START + (m + 1) * MINUTES) for m in at_minutes]

    def judged() -> list[Episode]:
        known: list[SeenPacket] = []
        found: list[Anomaly] = []
        for minute in range(1440):
            at = START + minute * MINUTES
            body = _body("M", at, at, at + _latency(dice), f"{200 + 9 * dice.gauss(0, 1):.1f}")
            sent = [_seen(body, body.request_id or "")]
            if dice.random() < 0.02:
                sent.append(replace(sent[0], received_at=sent[0].received_at + timedelta(seconds=10)))
            if dice.random() < 0.01:
                sent.append(
                    replace(sent[0], request_id=f"{sent[0].request_id}r", received_at=at + timedelta(seconds=20))
                )
            if frauds.get(minute) == "replay":
                sent.append(replace(known[-30], request_id=f"{minute}x", received_at=at + 2 * MINUTES))
            elif frauds.get(minute) == "reuse":
                other = _body("M", at, at, at + MINUTES, "12.0")
                sent.append(_seen(other, sent[0].request_id))
            for packet in sent:
                found += replays(known[-400:], [packet], timedelta(seconds=90))
                known.append(packet)
        return _folded("AN45", found, START + 2 * DAY)

    return Case(events, START, START + DAY, judged)


def _seen(body: ReadingsReported, request_id: str) -> SeenPacket:
    return SeenPacket(body.mn, request_id, digest_of(body), body.data_time, body.received_at)
