"""The script language of scenarios: a YAML file read into a checked plan of effects. docs: ../README.md.

    name: demo
    background: {calibrations: true, faults: false, outages: false, startups: true, rain: 0.1}
    people: false                # true: officer and inspectors work all the time
    events:
      - at: +10s                 # after the start; s, m, h; -14h: before it, in what is sent of the hours before
        for: 6m                  # how long; absent = until the end
        every: 30m               # begins again so often; absent = once
        point: YL05-DW001        # a code, a list, or "medium:rain-water", "all"
        factor: w01018           # for values; absent = all factors
        limit_times: 1.8         # exactly one action, see ACTIONS below
        over: 20s                # value actions: grows to full strength over this time
      - at: +1m                  # people may also come for a time, and for some duties only
        for: 10m
        people: [acknowledge, work]

Every mistake is told at once, each with its place in the file; unknown words are mistakes.
"""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from simulator.effects import Action, Effect
from simulator.operations import Background, Mark
from simulator.park_plan import PointSite, point_by_code, points

_BESIDE_CODE = Path(__file__).resolve().parents[1] / "scenarios"
FOLDER = _BESIDE_CODE if _BESIDE_CODE.is_dir() else Path(sys.prefix) / "share" / "park-simulator" / "scenarios"
"""The shipped scripts: beside the code in the source tree, under share/ where the package is installed."""
_DURATION = re.compile(r"([+-]?)(\d+(?:\.\d+)?)(ms|s|m|h)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_FOR_EVER = timedelta(days=3650)
_MOST_REPEATS = 10_000
_TOP = frozenset({"name", "title_zh", "title_en", "background", "people", "events"})
_EVENT = frozenset({"at", "for", "every", "point", "factor", "over", "note", "people"})
_SHIFT = frozenset({"at", "for", "note", "people"})
DUTIES = ("acknowledge", "dispatch", "work", "verify")


class BadScenario(ValueError):
    """A script with mistakes; `problems` holds one line for each."""

    def __init__(self, where: str, problems: list[str]) -> None:
        super().__init__(f"{where}:\n" + "\n".join(f"  {problem}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Event:
    """One event of a script; times are relative to the start of the run."""

    at: timedelta
    action: Action
    points: frozenset[str]
    length: timedelta = _FOR_EVER
    every: timedelta | None = None
    factor: str = "*"
    amount: float = 0.0
    over_s: float = 0.0
    text: str = ""


@dataclass(frozen=True)
class Shift:
    """People come to work `at` for `length` and do `duties`."""

    at: timedelta
    length: timedelta = _FOR_EVER
    duties: frozenset[str] = frozenset(DUTIES)


@dataclass(frozen=True)
class Scenario:
    """A checked script. `shifts` says when the people of the park are played too."""

    name: str
    background: Background = field(default_factory=Background)
    shifts: tuple[Shift, ...] = ()
    events: tuple[Event, ...] = ()

    def duties(self, since_start: timedelta) -> frozenset[str]:
        """Return what the people do at a time after the start."""
        on_shift = (shift for shift in self.shifts if shift.at <= since_start < shift.at + shift.length)
        return frozenset().union(*(shift.duties for shift in on_shift))

    def effects(self, start: datetime, until: timedelta = timedelta(days=1)) -> list[Effect]:
        """Return the effects of a run that begins at `start`; repeated events are unrolled for `until`."""
        return [effect for event in self.events for effect in _unrolled(event, start, until)]


def _unrolled(event: Event, start: datetime, until: timedelta) -> list[Effect]:
    begins = [event.at]
    while event.every is not None and begins[-1] + event.every < until and len(begins) < _MOST_REPEATS:
        begins.append(begins[-1] + event.every)
    return [
        Effect(
            event.action,
            event.points,
            start + begin,
            start + begin + event.length,
            event.factor,
            event.amount,
            event.over_s,
            event.text,
        )
        for begin in begins
    ]


def load_scenario(name_or_path: str) -> Scenario:
    """Read a shipped scenario by name, or any file by path.

    Raises BadScenario with every mistake, FileNotFoundError naming the shipped ones.
    """
    path = Path(name_or_path)
    if not path.suffix:
        path = FOLDER / f"{name_or_path}.yaml"
    if not path.exists():
        shipped = ", ".join(sorted(file.stem for file in FOLDER.glob("*.yaml")))
        raise FileNotFoundError(f"no scenario {name_or_path!r}; shipped are: {shipped}")
    return parse_scenario(path.read_text(encoding="utf-8"), where=str(path.name))


def parse_scenario(text: str, *, where: str = "scenario") -> Scenario:
    """Return the scenario of a YAML text. Raises BadScenario with every mistake."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadScenario(where, [f"not YAML: {error}"]) from error
    if not isinstance(content, dict):
        raise BadScenario(where, ["must be a mapping with name and events"])
    reading = _Reading()
    reading.unknown("", content, _TOP)
    if not isinstance(content.get("name"), str):
        reading.problems.append("name: is missing")
    background = reading.background(content.get("background", {}))
    listed = content.get("events", [])
    if not isinstance(listed, list):
        reading.problems.append("events: must be a list")
        listed = []
    events: list[Event] = []
    shifts: list[Shift] = []
    for number, one in enumerate(listed):
        reading.one(f"events[{number}]", one, events, shifts)
    people = content.get("people", False)
    if not isinstance(people, bool):
        reading.problems.append(f"people: must be true or false, is {people!r}")
    if reading.problems:
        raise BadScenario(where, reading.problems)
    if people:
        shifts.append(Shift(timedelta(0)))
    return Scenario(content["name"], background, tuple(shifts), tuple(events))


Check = Callable[["_Reading", str, Any], tuple[float, str]]


class _Reading:
    """Collects the mistakes while a script is read."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def unknown(self, where: str, content: Mapping[Any, Any], known: frozenset[str]) -> None:
        for word in content:
            if word not in known:
                place = f"{where}.{word}" if where else str(word)
                self.problems.append(f"{place}: unknown word; known are {', '.join(sorted(known))}")

    def background(self, content: Any) -> Background:
        known = frozenset(Background.__dataclass_fields__)
        if not isinstance(content, dict):
            self.problems.append("background: must be a mapping")
            return Background()
        self.unknown("background", content, known)
        fields: dict[str, Any] = {}
        for name, value in content.items():
            if name == "rain":
                fields[name] = self.number("background.rain", value, 0, 100)
            elif name in known and isinstance(value, bool):
                fields[name] = value
            elif name in known:
                self.problems.append(f"background.{name}: must be true or false, is {value!r}")
        return Background(**fields)

    def one(self, where: str, content: Any, events: list[Event], shifts: list[Shift]) -> None:
        """Read an entry of the list into whichever it is."""
        before = len(self.problems)
        if not isinstance(content, dict):
            self.problems.append(f"{where}: must be a mapping")
            return
        if "people" in content:
            shift = self.shift(where, content)
            if len(self.problems) == before:
                shifts.append(shift)
            return
        event = self.event(where, content)
        if event is not None:
            events.append(event)

    def shift(self, where: str, content: Mapping[str, Any]) -> Shift:
        self.unknown(where, content, _SHIFT)
        said = content["people"]
        duties = DUTIES if said is True else said
        if not isinstance(duties, list | tuple) or not duties or not set(map(str, duties)) <= set(DUTIES):
            self.problems.append(f"{where}.people: must be true or some of {', '.join(DUTIES)}, is {said!r}")
            duties = DUTIES
        at = self.duration(f"{where}.at", content.get("at", "0s"))
        length = self.duration(f"{where}.for", content["for"]) if "for" in content else _FOR_EVER
        return Shift(at, length, frozenset(duties))

    def event(self, where: str, content: Mapping[str, Any]) -> Event | None:
        before = len(self.problems)
        self.unknown(where, content, _EVENT | frozenset(ACTIONS))
        given = [action for action in ACTIONS if action in content]
        if len(given) != 1:
            said = "none" if not given else " and ".join(given)
            self.problems.append(f"{where}: needs exactly one action of {', '.join(ACTIONS)}; has {said}")
        at = self.duration(f"{where}.at", content.get("at", "0s"), past=True)
        length = self.duration(f"{where}.for", content["for"]) if "for" in content else _FOR_EVER
        every = self.duration(f"{where}.every", content["every"]) if "every" in content else None
        over = self.duration(f"{where}.over", content.get("over", "0s"))
        sites = self.points(f"{where}.point", content.get("point"))
        factor = self.factor(f"{where}.factor", content.get("factor", "*"), sites)
        amount, text = (
            ACTIONS[given[0]](self, f"{where}.{given[0]}", content[given[0]]) if len(given) == 1 else (0.0, "")
        )
        if every is not None and every < timedelta(seconds=1):
            self.problems.append(f"{where}.every: must be at least 1s")
        if len(self.problems) > before:
            return None
        codes = frozenset(site.code for site in sites)
        return Event(at, Action(given[0]), codes, length, every, factor, amount, over.total_seconds(), text)

    def duration(self, where: str, value: Any, *, past: bool = False) -> timedelta:
        match = _DURATION.fullmatch(str(value).strip())
        if match is None or (match[1] == "-" and not past):
            self.problems.append(f"{where}: must be a time such as +20s, 5m or 1.5h, is {value!r}")
            return timedelta(0)
        length = timedelta(seconds=float(match[2]) * _UNITS[match[3]])
        return -length if match[1] == "-" else length

    def number(self, where: str, value: Any, lowest: float, highest: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
            self.problems.append(f"{where}: must be a number from {lowest:g} to {highest:g}, is {value!r}")
            return lowest
        return float(value)

    def points(self, where: str, value: Any) -> list[PointSite]:
        if value is None:
            self.problems.append(f"{where}: is missing; a code, a list of codes, medium:<medium>, or all")
            return []
        found: list[PointSite] = []
        for word in value if isinstance(value, list) else [value]:
            matching = _points_of(str(word))
            if not matching:
                self.problems.append(f"{where}: no point {word!r} in the park")
            found += matching
        return found

    def factor(self, where: str, value: Any, sites: list[PointSite]) -> str:
        if value == "*":
            return "*"
        missing = [site.code for site in sites if site.factor(str(value)) is None]
        if missing:
            self.problems.append(f"{where}: {value} is not measured at {', '.join(missing[:5])}")
        return str(value)


def _points_of(word: str) -> list[PointSite]:
    if word == "all":
        return list(points())
    if word.startswith("medium:"):
        return [site for site in points() if site.plan.medium == word.removeprefix("medium:")]
    site = point_by_code(word)
    return [site] if site else []


def _amount(lowest: float, highest: float) -> Check:
    return lambda reading, where, value: (reading.number(where, value, lowest, highest), "")


def _switch(reading: _Reading, where: str, value: Any) -> tuple[float, str]:
    if value is not True:
        reading.problems.append(f"{where}: must be true, is {value!r}")
    return 1.0, ""


def _mark(reading: _Reading, where: str, value: Any) -> tuple[float, str]:
    if value not in {mark.value for mark in Mark}:
        reading.problems.append(f"{where}: must be one of {', '.join(mark.value for mark in Mark)}, is {value!r}")
    return 0.0, str(value)


def _mn(reading: _Reading, where: str, value: Any) -> tuple[float, str]:
    if not re.fullmatch(r"[0-9A-Za-z]{4,24}", str(value)):
        reading.problems.append(f"{where}: must be an MN of 4 to 24 letters and digits, is {value!r}")
    return 0.0, str(value)


def _interval(reading: _Reading, where: str, value: Any) -> tuple[float, str]:
    return max(1.0, reading.duration(where, value).total_seconds()), ""


ACTIONS: Mapping[str, Check] = MappingProxyType(
    {
        Action.MULTIPLY.value: _amount(0, 1000),
        Action.OFFSET.value: _amount(-1e6, 1e6),
        Action.HOLD.value: _amount(-1e6, 1e6),
        Action.LIMIT_TIMES.value: _amount(0, 1000),
        Action.MARK.value: _mark,
        Action.INTERVAL.value: _interval,
        Action.DISCONNECT.value: _switch,
        Action.GAP.value: _switch,
        Action.BAD_CRC.value: _amount(0, 1),
        Action.WRONG_PASSWORD.value: _switch,
        Action.UNKNOWN_MN.value: _mn,
    }
)
