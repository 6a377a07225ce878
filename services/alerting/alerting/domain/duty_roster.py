"""Duty rosters: who is on duty when, by rules of rotation and swaps; a roster with a hole is found out before it is used.

Times of shifts are wall time of the park; an end not after the start is on the next day. Nothing here does I/O.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct
from park_chassis.working_calendar import WorkingCalendar
from park_schemas.park_time import PARK_TIME_ZONE

from alerting.domain.recipient_names import is_username

LONGEST = timedelta(days=400)
_PROBLEMS_SHOWN = 50


class ShiftRule(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A shift that repeats: on which days, from when to when, and which teams take turns (each team: one or more people).

    `turns` shift: the next team at each shift; week: the next team each Monday.
    """

    name_zh: str
    name_en: str
    start: time
    end: time
    teams: list[list[str]]
    days: Literal["all", "working", "rest"] = "all"
    turns: Literal["shift", "week"] = "shift"


class Roster(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A roster; chains name it `duty:<code>`. `coverage`: somebody is on duty always, or in the working hours."""

    code: str
    name_zh: str
    name_en: str
    valid_from: date
    valid_to: date
    shifts: list[ShiftRule]
    coverage: Literal["always", "working-hours"] = "always"


class Swap(Struct, frozen=True, kw_only=True):
    """`to_person` takes the shift of `from_person` that starts at an instant."""

    swap_id: UUID
    starts_at: datetime
    from_person: str
    to_person: str
    reason: str


class Shift(Struct, frozen=True):
    """One shift of one day, in [starts_at, ends_at), park time; `swapped` tells whether a swap changed its people."""

    starts_at: datetime
    ends_at: datetime
    name_zh: str
    name_en: str
    people: tuple[str, ...]
    swapped: bool = False


class Hole(Struct, frozen=True):
    """A time in which nobody is on duty although somebody should be."""

    starts_at: datetime
    ends_at: datetime


class RosterProblem(Struct, frozen=True):
    """What is wrong with a roster or a swap, and where."""

    where: str
    zh: str
    en: str


def shifts_of(roster: Roster, calendar: WorkingCalendar, swaps: Sequence[Swap] = ()) -> list[Shift]:
    """Return every shift of the roster in order, swaps (in the order they were made) applied."""
    found = sorted(
        (shift for rule in roster.shifts for shift in _of_rule(rule, roster, calendar)),
        key=lambda shift: (shift.starts_at, shift.ends_at, shift.name_en),
    )
    for swap in swaps:
        found = [_swapped(shift, swap) for shift in found]
    return found


def on_duty(shifts: Sequence[Shift], at: datetime) -> list[str]:
    """Return who is on duty at an instant, without repeats."""
    people = [person for shift in shifts if shift.starts_at <= at < shift.ends_at for person in shift.people]
    return list(dict.fromkeys(people))


def problems(roster: Roster, calendar: WorkingCalendar) -> list[RosterProblem]:
    """Return everything that is wrong with a roster, holes included; an empty list means that it may be used."""
    found = list(_shape(roster))
    if found:
        return found
    return [
        RosterProblem(
            "shifts",
            f"{hole.starts_at:%Y-%m-%d %H:%M} 至 {hole.ends_at:%Y-%m-%d %H:%M} 无人值班",
            f"nobody is on duty from {hole.starts_at:%Y-%m-%d %H:%M} to {hole.ends_at:%Y-%m-%d %H:%M}",
        )
        for hole in holes(roster, calendar)[:_PROBLEMS_SHOWN]
    ]


def holes(roster: Roster, calendar: WorkingCalendar) -> list[Hole]:
    """Return when nobody is on duty although the coverage asks for somebody, in order."""
    shifts = shifts_of(roster, calendar)
    found: list[Hole] = []
    for begin, end in _needed(roster, shifts, calendar):
        free = begin
        for shift in shifts:
            if shift.ends_at <= free or shift.starts_at >= end:
                continue
            if shift.starts_at > free:
                found.append(Hole(free, shift.starts_at))
            free = max(free, shift.ends_at)
        if free < end:
            found.append(Hole(free, end))
    return found


def swap_problems(shifts: Sequence[Shift], swap: Swap) -> list[RosterProblem]:
    """Return why a swap cannot be made on the shifts as they are now (earlier swaps applied)."""
    given = [one for one in shifts if one.starts_at == swap.starts_at and swap.from_person in one.people]
    if not is_username(swap.to_person):
        return [RosterProblem("to_person", "不是有效的用户名", "not a user name")]
    if swap.to_person == swap.from_person:
        return [RosterProblem("to_person", "换班双方是同一人", "is the same person")]
    if not given:
        return [
            RosterProblem(
                "starts_at",
                f"{swap.from_person} 没有从该时间开始的班次",
                f"{swap.from_person} has no shift that starts then",
            )
        ]
    busy = [
        one for one in shifts
        if swap.to_person in one.people and one.starts_at < given[0].ends_at and given[0].starts_at < one.ends_at
    ]  # fmt: skip
    return [
        RosterProblem(
            "to_person",
            f"{swap.to_person} 在 {one.starts_at:%m-%d %H:%M} 至 {one.ends_at:%m-%d %H:%M} 已有班次",
            f"{swap.to_person} is on duty from {one.starts_at:%m-%d %H:%M} to {one.ends_at:%m-%d %H:%M} already",
        )
        for one in busy
    ]


def _shape(roster: Roster) -> Iterator[RosterProblem]:
    if not is_username(roster.code):
        yield RosterProblem(
            "code", "应为小写字母、数字、._-, 2 至 64 位", "lower case letters, digits, ._-, 2 to 64 of them"
        )
    if not roster.name_zh.strip() or not roster.name_en.strip():
        yield RosterProblem("name_zh", "中英文名称不能为空", "names must not be empty")
    if roster.valid_to < roster.valid_from:
        yield RosterProblem("valid_to", "结束日期早于开始日期", "is before valid_from")
    if roster.valid_to - roster.valid_from > LONGEST:
        yield RosterProblem("valid_to", f"最长 {LONGEST.days} 天", f"at most {LONGEST.days} days after valid_from")
    if not roster.shifts:
        yield RosterProblem("shifts", "没有班次", "there is no shift")
    for number, rule in enumerate(roster.shifts):
        where = f"shifts.{number}.teams"
        if not rule.teams or any(not team for team in rule.teams):
            yield RosterProblem(where, "班组为空", "a team is empty")
        for person in {person for team in rule.teams for person in team if not is_username(person)}:
            yield RosterProblem(where, f"{person!r} 不是有效的用户名", f"{person!r} is not a user name")
        if any(len(set(team)) < len(team) for team in rule.teams):
            yield RosterProblem(where, "同一班组中有重复人员", "a person stands twice in a team")


def _of_rule(rule: ShiftRule, roster: Roster, calendar: WorkingCalendar) -> Iterator[Shift]:
    turn, day = 0, roster.valid_from
    monday = roster.valid_from - timedelta(days=roster.valid_from.weekday())
    while day <= roster.valid_to:
        if rule.days == "all" or (rule.days == "working") == calendar.is_working_day(day):
            turn_now = (day - monday).days // 7 if rule.turns == "week" else turn
            turn += 1
            starts_at, ends_at = _wall(day, rule.start), _wall(day, rule.end)
            if ends_at <= starts_at:
                ends_at += timedelta(days=1)
            yield Shift(starts_at, ends_at, rule.name_zh, rule.name_en, tuple(rule.teams[turn_now % len(rule.teams)]))
        day += timedelta(days=1)


def _needed(roster: Roster, shifts: Sequence[Shift], calendar: WorkingCalendar) -> Iterator[tuple[datetime, datetime]]:
    """Give the times in which somebody must be on duty. The first day begins with its first shift (a night before has none)."""
    if roster.coverage == "always":
        first = [one.starts_at for one in shifts if one.starts_at.date() == roster.valid_from]
        begin = min(first, default=_wall(roster.valid_from, time()))
        yield begin, _wall(roster.valid_to, time()) + timedelta(days=1)
        return
    day = roster.valid_from
    while day <= roster.valid_to:
        if calendar.is_working_day(day):
            for span in calendar.data.hours:
                yield _wall(day, span.start), _wall(day, span.end)
        day += timedelta(days=1)


def _swapped(shift: Shift, swap: Swap) -> Shift:
    if shift.starts_at != swap.starts_at or swap.from_person not in shift.people:
        return shift
    people = tuple(swap.to_person if one == swap.from_person else one for one in shift.people)
    return Shift(shift.starts_at, shift.ends_at, shift.name_zh, shift.name_en, people, swapped=True)


def _wall(day: date, wall: time) -> datetime:
    return datetime.combine(day, wall, PARK_TIME_ZONE)
