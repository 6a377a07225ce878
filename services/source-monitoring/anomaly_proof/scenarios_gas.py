"""Flues and vents: frozen and dead analysers, dilution, false conversion, blocked pitot tubes, cold sample lines, dead flames."""

from datetime import timedelta

from source_monitoring.domain.anomaly.settings import SignalSource

from anomaly_proof.plant import CONDENSER, DAY, HEATED_LINE, LOAD, START, Minute, boiler, solvent
from anomaly_proof.scenario import Case, Event, Outlet, case, dice_of, during, scenario, spread

_RANGES = {"range/a21002": "300", "range/a21026": "100", "range/a34013": "50"}
_BOILER = Outlet({**_RANGES, "baseline_oxygen": "3.5"})
NOX = "a21002"


@scenario("AN01", "分析仪卡死,仅剩电子噪声(±0.2 %)5–9 小时")
def frozen_gas(seed: int) -> Case:
    dice = dice_of(seed, "AN01")
    plant, events = boiler(seed), spread(dice, 3, (1, 6), (300, 540))
    held: dict[Event, float] = {}

    def freeze(made: Minute, event: Event) -> None:
        base = held.setdefault(event, made.values[NOX])
        made.values[NOX] = round(base * (1 + 0.002 * dice.gauss(0, 1)), 1)

    plant.said.append(during(events, freeze))
    return case(plant, "AN01", events, 6)


@scenario("AN02", "传感器失效,读数在零附近(含负值)2–5 小时,烟气照常")
def dead_gas(seed: int) -> Case:
    dice = dice_of(seed, "AN02")
    plant, events = boiler(seed), spread(dice, 4, (1, 6), (130, 300))

    def kill(made: Minute, _: Event) -> None:
        made.values["a21026"] = min(0.0, round(0.15 * dice.gauss(-0.5, 1), 1))

    plant.said.append(during(events, kill))
    return case(plant, "AN02", events, 6, outlet=_BOILER)


@scenario("AN03", "零点向下漂移,数小时后读数深入负值")
def drifting_zero(seed: int) -> Case:
    dice = dice_of(seed, "AN03")
    plant, events = boiler(seed), spread(dice, 4, (1, 6), (200, 420))
    plant.said.append(
        during(events, lambda made, e: _add(made, "a21026", -45 * ((made.at - e.start) / (e.end - e.start))))
    )
    return case(plant, "AN03", events, 6, outlet=_BOILER)


def _add(made: Minute, code: str, amount: float) -> None:
    made.values[code] = round(made.values[code] + amount, 2)


def _times(made: Minute, code: str, factor: float) -> None:
    made.values[code] *= factor


@scenario("AN04", "浓度真实升高,超出量程被截止在满量程 25–90 分钟")
def saturated(seed: int) -> Case:
    dice = dice_of(seed, "AN04")
    plant, events = boiler(seed), spread(dice, 4, (1, 6), (25, 90))
    plant.truth.append(during(events, lambda made, _: _times(made, NOX, 6)))
    plant.said.append(lambda made: made.values.update({NOX: min(made.values[NOX], 300.0)}))
    return case(plant, "AN04", events, 6, outlet=_BOILER)


@scenario("AN06", "探头处突变:一分钟内上跳约限值的 45–80 %,持续 1–3 小时")
def leaping(seed: int) -> Case:
    dice = dice_of(seed, "AN06")
    plant, events = boiler(seed), spread(dice, 4, (1, 6), (60, 180))
    plant.truth.append(during(events, lambda made, _: _add(made, NOX, dice.uniform(70, 120))))
    return case(plant, "AN06", events, 6, outlet=_BOILER)


@scenario("AN07", "浓度一小时内升至接近或超过限值,随即拔管,读数跌到四分之一")
def pulled_tube(seed: int) -> Case:
    dice = dice_of(seed, "AN07")
    plant, events = boiler(seed), spread(dice, 4, (1, 6), (40, 120))
    rises = [Event(e.start - timedelta(hours=1), e.start) for e in events]

    def rise(made: Minute, event: Event) -> None:
        share = (made.at - event.start) / (event.end - event.start)
        made.values[NOX] += (150 * 1.03 - made.values[NOX]) * min(1.0, share * 1.3)

    plant.truth += [during(rises, rise), during(events, lambda made, _: _times(made, NOX, dice.uniform(0.2, 0.3)))]
    return case(plant, "AN07", events, 6, outlet=_BOILER)


@scenario("AN08", "软件封顶:真实折算浓度约为限值 0.8–1.3 倍,上报值压在限值下方")
def capped(seed: int) -> Case:
    dice = dice_of(seed, "AN08")
    plant = boiler(seed)
    days = sorted(dice.sample(range(2, 9), 3))
    events = [Event(START + day * DAY, START + (day + 1) * DAY) for day in days]
    plant.truth.append(during(events, lambda made, _: _times(made, NOX, 1.75)))

    def cap(made: Minute, _: Event) -> None:
        made.converted[NOX] = min(made.converted.get(NOX, 0.0), round(150 * dice.uniform(0.955, 0.995), 1))

    plant.said.append(during(events, cap))
    return case(plant, "AN08", events, 10, outlet=_BOILER)


@scenario("AN09", "把 1–5 天前一整天的曲线加 0.5 % 噪声重放")
def replayed_day(seed: int) -> Case:
    dice = dice_of(seed, "AN09")
    plant = boiler(seed)
    days = [7, 10, 13]
    back = {day: dice.randrange(1, 6) for day in days}
    events = [Event(START + day * DAY, START + (day + 1) * DAY) for day in days]
    memory: dict[object, dict[str, float]] = {}

    def replay(made: Minute) -> None:
        day = (made.at - START).days
        if day in back and made.at - back[day] * DAY in memory:
            old = memory[made.at - back[day] * DAY]
            made.values = {code: round(value * (1 + 0.005 * dice.gauss(0, 1)), 2) for code, value in old.items()}
        memory[made.at] = dict(made.values)

    plant.said.append(replay)
    return case(plant, "AN09", events, 15, from_day=6, outlet=_BOILER, realtime_days=0)


@scenario("AN10", "数据发生器:5–9 小时一段的曲线循环播放 9 天,加 3 % 噪声")
def looped(seed: int) -> Case:
    dice = dice_of(seed, "AN10")
    plant = boiler(seed)
    period = dice.choice((300, 330, 390, 450, 510))
    start = START + 3 * DAY
    events = [Event(start, start + 9 * DAY)]
    loop: dict[int, float] = {}

    def play(made: Minute, _: Event) -> None:
        place = int((made.at - start).total_seconds() // 60) % period
        base = loop.setdefault(place, made.values[NOX])
        made.values[NOX] = round(base * (1 + 0.03 * dice.gauss(0, 1)), 1)

    plant.said.append(during(events, play))
    return case(plant, "AN10", events, 13, from_day=8, outlet=_BOILER, realtime_days=0)


@scenario("AN12", "烟道漏入空气:含氧量升到 19.3–20.3 %,污染物同比稀释,40–150 分钟")
def diluted(seed: int) -> Case:
    dice = dice_of(seed, "AN12")
    plant, events = boiler(seed, stop_chance=0.2), spread(dice, 4, (1, 6), (45, 150))

    def dilute(made: Minute, _: Event) -> None:
        air = dice.uniform(0.91, 0.95)
        made.values["a19001"] += (20.9 - made.values["a19001"]) * air
        for code in (NOX, "a21026", "a34013"):
            made.values[code] *= 1 - air
        made.mark = "N"

    plant.truth.append(during(events, dilute))
    return case(plant, "AN12", events, 6, outlet=_BOILER)


@scenario("AN13", "氧传感器失效,读数 0.1–0.4 %,1–3 小时")
def oxygen_dead(seed: int) -> Case:
    dice = dice_of(seed, "AN13")
    plant, events = boiler(seed), spread(dice, 4, (1, 6), (60, 180))
    plant.truth.append(during(events, lambda made, _: made.values.update({"a19001": dice.uniform(0.1, 0.4)})))
    return case(plant, "AN13", events, 6, outlet=_BOILER)


@scenario("AN14", "数采仪改用错误的基准氧(4.5–6 %)折算,2–8 小时")
def false_conversion(seed: int) -> Case:
    dice = dice_of(seed, "AN14")
    plant, events = boiler(seed), spread(dice, 4, (1, 6), (120, 480))
    wrong = {event: dice.uniform(4.5, 6) for event in events}

    def convert(made: Minute, event: Event) -> None:
        ratio = (21 - wrong[event]) / (21 - 3.5)
        made.converted = {code: round(value * ratio, 1) for code, value in made.converted.items()}

    plant.said.append(during(events, convert))
    return case(plant, "AN14", events, 6, outlet=_BOILER)


@scenario("AN15", "皮托管堵塞:流速降到 1–3 m/s,90 分钟以上")
def blocked_pitot(seed: int) -> Case:
    dice = dice_of(seed, "AN15")
    plant, events = boiler(seed), spread(dice, 4, (1, 6), (90, 300))
    plant.truth.append(during(events, lambda made, _: made.values.update({"a01011": dice.uniform(1, 3)})))
    return case(plant, "AN15", events, 6, outlet=_BOILER)


@scenario("AN16", "烟气量少报四成(流速场系数被改小),负荷照旧,整日")
def understated_flow(seed: int) -> Case:
    dice = dice_of(seed, "AN16")
    plant = boiler(seed, LOAD)
    events = [Event(START + day * DAY, START + (day + 1) * DAY, DAY / 2) for day in sorted(dice.sample(range(2, 9), 3))]
    plant.said.append(during(events, lambda made, _: _times(made, "a00000", dice.uniform(0.5, 0.62))))
    outlet = Outlet({**_BOILER.facts, "flow_per_load": str(round(9.0 / 88.0, 4))})
    return case(plant, "AN16", events, 10, from_day=2, outlet=outlet, realtime_days=0)


@scenario("AN17", "伴热管加热失效降到 90–110 ℃,或冷凝器升到 6–9 ℃")
def cold_line(seed: int) -> Case:
    dice = dice_of(seed, "AN17")
    plant, events = boiler(seed, HEATED_LINE, CONDENSER), spread(dice, 4, (1, 6), (60, 240))
    bad = {event: ("i33001", 90, 110) if n % 2 else ("i33002", 6, 9) for n, event in enumerate(events)}

    def fail(made: Minute, event: Event) -> None:
        code, low, high = bad[event]
        made.values[code] = dice.uniform(low, high)

    plant.truth.append(during(events, fail))
    return case(plant, "AN17", events, 6, outlet=_BOILER)


@scenario("AN22", "FID 灵敏度下降,非甲烷总烃只剩两成,组分仪正常")
def weak_fid(seed: int) -> Case:
    dice = dice_of(seed, "AN22")
    plant, events = solvent(seed), spread(dice, 4, (1, 6), (150, 400))
    plant.truth.append(during(events, lambda made, _: _times(made, "a24088", dice.uniform(0.18, 0.24))))
    return case(plant, "AN22", events, 6)


@scenario("AN23", "FID 熄火:读数停在本底值 45–150 分钟,车间照常生产")
def flame_out(seed: int) -> Case:
    dice = dice_of(seed, "AN23")
    plant, events = solvent(seed, LOAD), spread(dice, 4, (1, 6), (45, 150))
    plant.said.append(during(events, lambda made, _: made.values.update({"a24088": 0.12})))
    return case(plant, "AN23", events, 6)


@scenario("AN30", "数采仪上传值打九折,分析仪示值如实")
def discounted_upload(seed: int) -> Case:
    dice = dice_of(seed, "AN30")
    plant, events = boiler(seed), spread(dice, 4, (1, 6), (90, 400))
    shown: dict[str, float] = {}

    def upload(made: Minute) -> None:
        shown["v"] = made.values[NOX] * (1 + 0.002 * dice.gauss(0, 1))
        made.values["s21002"] = round(shown["v"], 1)
        if any(event.holds(made.at) for event in events):
            made.values[NOX] = round(made.values[NOX] * 0.9, 1)

    plant.said.append(upload)
    outlet = Outlet(_BOILER.facts, {f"analyser/{NOX}": [SignalSource(factor="s21002")]})
    return case(plant, "AN30", events, 6, outlet=outlet)
