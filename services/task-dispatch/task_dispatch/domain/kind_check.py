"""What contradicts itself in a kind of task: each fault with what, where, why. A kind with a fault is not stored."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from park_schemas.codes import AlarmLevel, Role

from task_dispatch.domain.forms import FormError
from task_dispatch.domain.kinds import CLOCKED_STEPS, Clock, FormField, Kind

MOST_FIELDS = 60
WORKING_ROLES = frozenset({Role.INSPECTOR, Role.ENTERPRISE})
"""Roles that have task:work; a task given to another role could never be signed for."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_KIND = re.compile(r"[a-z][a-z0-9-]{0,39}")
_WITH_CHOICES = frozenset({"choice", "choices"})


def kind_errors(kind: Kind) -> list[FormError]:
    """Return every fault of a kind, empty when it holds together."""
    errors = [
        *_heading_errors(kind),
        *_fields_errors(kind.order_fields, "order_fields"),
        *_fields_errors(kind.fields, "fields"),
        *_people_errors(kind),
        *_evidence_errors(kind),
        *_step_errors(kind),
        *_clock_errors(kind),
    ]
    return list(dict.fromkeys(errors))


def _fault(where: str, zh: str, en: str) -> FormError:
    return FormError(where, en, zh)


def _heading_errors(kind: Kind) -> Iterator[FormError]:
    if not _KIND.fullmatch(kind.kind):
        yield _fault("kind", "只能用小写字母、数字和连字符", "must be lower-case letters, digits and hyphens")
    for where, text in (("name_zh", kind.name_zh), ("name_en", kind.name_en)):
        if not text.strip():
            yield _fault(where, "名称不能为空", "must not be empty")


def _fields_errors(fields: Sequence[FormField], where: str) -> Iterator[FormError]:
    if len(fields) > MOST_FIELDS:
        yield _fault(where, f"字段超过 {MOST_FIELDS} 个", f"has more than {MOST_FIELDS} fields")
    twice = {name for name, count in Counter(field.name for field in fields).items() if count > 1}
    for number, field in enumerate(fields):
        place = f"{where}.{number}"
        if field.name in twice:
            yield _fault(f"{place}.name", f"字段 {field.name} 重复", f"field {field.name} stands twice")
        yield from _field_errors(field, place, within_rows=False)


def _field_errors(field: FormField, where: str, *, within_rows: bool) -> Iterator[FormError]:
    if not _NAME.fullmatch(field.name):
        yield _fault(
            f"{where}.name", "只能用小写字母、数字和下划线", "must be lower-case letters, digits and underscores"
        )
    if not (field.label_zh.strip() and field.label_en.strip()):
        yield _fault(f"{where}.label_zh", "中英文标签都要有", "must have a label in both languages")
    yield from _choice_errors(field, where)
    yield from _number_errors(field, where)
    if field.type == "rows":
        if within_rows:
            yield _fault(f"{where}.type", "表格中不能再有表格", "a table cannot stand in a table")
        elif not field.columns:
            yield _fault(f"{where}.columns", "表格必须有列", "a table needs columns")
        for number, column in enumerate(field.columns if not within_rows else ()):
            yield from _field_errors(column, f"{where}.columns.{number}", within_rows=True)
    elif field.columns:
        yield _fault(
            f"{where}.columns", f"{field.type} 不是表格, 不能有列", f"a field of type {field.type} has no columns"
        )


def _choice_errors(field: FormField, where: str) -> Iterator[FormError]:
    if field.type in _WITH_CHOICES:
        if len(set(field.choices)) != len(field.choices):
            yield _fault(f"{where}.choices", "选项重复", "a choice stands twice")
        if len(field.choices) < 2:
            yield _fault(f"{where}.choices", "至少要有两个选项", "needs at least two choices")
    elif field.choices:
        yield _fault(f"{where}.choices", f"{field.type} 不能有选项", f"a field of type {field.type} has no choices")
    unknown = sorted(set(field.choice_names) - set(field.choices))
    if unknown:
        yield _fault(
            f"{where}.choice_names", f"不是选项: {'、'.join(unknown)}", f"are not choices: {', '.join(unknown)}"
        )


def _number_errors(field: FormField, where: str) -> Iterator[FormError]:
    if field.type != "number":
        for name in ("unit", "least", "most"):
            if getattr(field, name) not in ("", None):
                yield _fault(f"{where}.{name}", f"{field.type} 不是数字", f"a field of type {field.type} is no number")
    elif field.least is not None and field.most is not None and field.least > field.most:
        yield _fault(f"{where}.least", "下限大于上限, 任何数都填不进去", "is above `most`: no number would be taken")


def _people_errors(kind: Kind) -> Iterator[FormError]:
    if not kind.work_by:
        yield _fault("work_by", "没有人可以承办", "nobody could work on it")
    for number, role in enumerate(kind.work_by):
        if role not in WORKING_ROLES:
            yield _fault(
                f"work_by.{number}", f"角色 {role.value} 不能承办任务", f"role {role.value} cannot work on tasks"
            )
    if kind.from_alarms and kind.verified_by == "creator":
        yield _fault(
            "verified_by",
            "由告警生成的任务没有创建人可核验, 将永远不能办结",
            "a task made for an alarm has no person as its maker: it could never be verified",
        )
    if kind.from_alarms:
        for number, field in enumerate(kind.order_fields):
            if field.required:
                yield _fault(
                    f"order_fields.{number}.required",
                    "由告警生成的任务无人填写派单信息",
                    "nobody fills it in when an alarm makes the task",
                )


def _evidence_errors(kind: Kind) -> Iterator[FormError]:
    for media, count in kind.evidence.items():
        if not 1 <= count <= 20:
            yield _fault(f"evidence.{media}", "数量应为 1 至 20", "must be 1 to 20")
    if "photo" in kind.evidence and kind.photos:
        yield _fault("evidence.photo", "照片数量已在 photos 中规定", "photos are asked for twice, here and in `photos`")
    before = 0
    for level in AlarmLevel:
        count = kind.photos.get(level, 0)
        if not 0 <= count <= 20:
            yield _fault(f"photos.{level.value}", "数量应为 0 至 20", "must be 0 to 20")
        if count < before:
            yield _fault(
                f"photos.{level.value}", "更紧急的级别要求的照片反而更少", "a more urgent level asks for fewer photos"
            )
        before = max(before, count)


def _step_errors(kind: Kind) -> Iterator[FormError]:
    seen: set[str] = set()
    for number, need in enumerate(kind.steps):
        if need.step in seen:
            yield _fault(f"steps.{number}", f"步骤 {need.step} 重复", f"step {need.step} stands twice")
        seen.add(need.step)


def _clock_errors(kind: Kind) -> Iterator[FormError]:
    for number, clock in enumerate(kind.clocks):
        if not 0 < clock.amount <= 10_000:
            yield _fault(f"clocks.{number}.amount", "时限必须大于 0", "must be more than 0")
        elif clock.unit in {"days", "working-days"} and clock.amount != int(clock.amount):
            yield _fault(f"clocks.{number}.amount", "天数必须是整数", "a number of days must be whole")
    for level in AlarmLevel:
        running = [(number, clock) for number, clock in enumerate(kind.clocks) if clock.applies_at(level)]
        twice = [until for until, count in Counter(clock.until for _, clock in running).items() if count > 1]
        for until in twice:
            yield _fault("clocks", f"{level.value} 级的 {until} 有两个时限", f"{until} has two clocks at {level.value}")
        if not twice:
            yield from _order_errors(level, [clock for _, clock in running], kind)


def _order_errors(level: AlarmLevel, running: list[Clock], kind: Kind) -> Iterator[FormError]:
    """A later step whose time is over before an earlier one's; `verify` counts from the report, so it stands apart."""
    ordered = sorted((one for one in running if one.until != "verify"), key=lambda one: CLOCKED_STEPS.index(one.until))
    for earlier, later in pairwise(ordered):
        first, second = _comparable(earlier, later)
        if first is not None and second is not None and first > second:
            yield _fault(
                f"clocks.{kind.clocks.index(later)}.amount",
                f"{level.value} 级: {later.until} 的时限早于 {earlier.until}",
                f"at {level.value}, {later.until} would be due before {earlier.until}",
            )


def _comparable(earlier: Clock, later: Clock) -> tuple[float | None, float | None]:
    """Return both in one unit, or nothing when one counts work time and the other does not."""
    if earlier.unit == later.unit:
        return earlier.amount, later.amount
    hours = {"hours": 1.0, "days": 24.0}
    if earlier.unit in hours and later.unit in hours:
        return earlier.amount * hours[earlier.unit], later.amount * hours[later.unit]
    return None, None
