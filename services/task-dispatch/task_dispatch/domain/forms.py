"""Answers against the fields of a form: every answer that is unknown, missing or of the wrong type is named, with where."""

import math
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct

from task_dispatch.domain.kinds import FieldType, FormField

MOST_ROWS = 100
MOST_CHARACTERS = {"text": 500, "long-text": 8000}


class FormError(Struct, frozen=True):
    """What is wrong with an answer, where, in both languages."""

    where: str
    what: str
    what_zh: str = ""


def form_errors(fields: Sequence[FormField], answers: dict[str, Any], *, where: str = "fields") -> list[FormError]:
    """Return what is wrong with the answers: unknown, missing, of the wrong type, out of range."""
    known = {field.name: field for field in fields}
    errors = [
        FormError(f"{where}.{name}", "is not a field of this form", "表单没有此项")
        for name in answers
        if name not in known
    ]
    for name, field in known.items():
        value = answers.get(name)
        if value in (None, "", []):
            if field.required:
                errors.append(FormError(f"{where}.{name}", f"{field.label_en} is required", f"{field.label_zh}必填"))
        else:
            errors += _field_errors(field, value, f"{where}.{name}")
    return errors


def without_private(fields: Sequence[FormField], answers: dict[str, Any]) -> dict[str, Any]:
    """Return the answers that everybody who sees the task may see."""
    private = {field.name for field in fields if field.private}
    return {name: value for name, value in answers.items() if name not in private}


def _field_errors(field: FormField, value: Any, where: str) -> list[FormError]:
    if field.type == "rows":
        return _row_errors(field, value, where)
    problem = _CHECKS[field.type](field, value)
    return [FormError(where, problem[1], problem[0])] if problem else []


def _row_errors(field: FormField, value: Any, where: str) -> list[FormError]:
    if not isinstance(value, list) or any(not isinstance(row, dict) for row in value):
        return [FormError(where, "must be a list of rows", "必须是行的列表")]
    if len(value) > MOST_ROWS:
        return [
            FormError(where, f"has {len(value)} rows, at most {MOST_ROWS}", f"行数 {len(value)} 超过上限 {MOST_ROWS}")
        ]
    return [
        error
        for number, row in enumerate(value)
        for error in form_errors(field.columns, row, where=f"{where}.{number}")
    ]


Problem = tuple[str, str] | None
"""(zh, en), or nothing wrong."""


def _text(field: FormField, value: Any) -> Problem:
    if not isinstance(value, str):
        return "必须是文字", "must be text"
    most = MOST_CHARACTERS[field.type]
    return (f"超过 {most} 字", f"is longer than {most} characters") if len(value) > most else None


def _number(field: FormField, value: Any) -> Problem:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return "必须是数字", "must be a number"
    if field.least is not None and value < field.least:
        return f"不得小于 {field.least:g}{field.unit}", f"must be at least {field.least:g} {field.unit}".rstrip()
    if field.most is not None and value > field.most:
        return f"不得大于 {field.most:g}{field.unit}", f"must be at most {field.most:g} {field.unit}".rstrip()
    return None


def _choice(field: FormField, value: Any) -> Problem:
    if isinstance(value, str) and value in field.choices:
        return None
    return f"必须是 {'、'.join(field.choices)} 之一", f"must be one of {', '.join(field.choices)}"


def _choices(field: FormField, value: Any) -> Problem:
    if isinstance(value, list) and all(isinstance(one, str) and one in field.choices for one in value):
        return None
    return f"只能从 {'、'.join(field.choices)} 中选", f"must be a list out of {', '.join(field.choices)}"


def _date(_: FormField, value: Any) -> Problem:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return "必须是日期 YYYY-MM-DD", "must be a date, YYYY-MM-DD"
    return None


def _instant(_: FormField, value: Any) -> Problem:
    try:
        aware = datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        aware = False
    return None if aware else ("必须是带时区的时间", "must be an instant with its time zone")


def _yes_no(_: FormField, value: Any) -> Problem:
    return None if isinstance(value, bool) else ("必须为是或否", "must be true or false")


_CHECKS: dict[FieldType, Callable[[FormField, Any], Problem]] = {
    "text": _text,
    "long-text": _text,
    "number": _number,
    "choice": _choice,
    "choices": _choices,
    "date": _date,
    "instant": _instant,
    "yes-no": _yes_no,
}
