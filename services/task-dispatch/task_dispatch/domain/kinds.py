"""Kinds of tasks as data: what a report must say, which evidence it needs, and from which level on."""

from importlib import resources
from typing import Any, Literal

import msgspec
from msgspec import Struct
from park_schemas.codes import AlarmLevel

OUTCOMES = ("confirmed", "false-alarm", "equipment-fault", "other")
OUTCOME_ZH = {"confirmed": "属实", "false-alarm": "误报", "equipment-fault": "设备故障", "other": "其他"}


class FormField(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One field of the report form beyond findings, measures and outcome."""

    name: str
    label_zh: str
    label_en: str
    type: Literal["text", "number", "choice", "date"] = "text"
    required: bool = False
    choices: list[str] = []
    unit: str = ""


class Kind(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A kind of task. `photos` is how many photos a report needs, by priority; absent: none."""

    kind: str
    name_zh: str
    name_en: str
    fields: list[FormField] = []
    photos: dict[AlarmLevel, int] = {}
    from_alarms: bool = False


class FormError(Struct, frozen=True):
    """What is wrong with a report, where."""

    where: str
    what: str


def shipped_kinds() -> dict[str, Kind]:
    """Return the kinds shipped with the service, by name."""
    text = (resources.files("task_dispatch") / "policies" / "kinds.json").read_bytes()
    return {kind.kind: kind for kind in msgspec.json.decode(text, type=list[Kind])}


def form_errors(kind: Kind, fields: dict[str, Any]) -> list[FormError]:
    """Return what is wrong with the extra fields of a report: unknown, missing, of the wrong type."""
    known = {field.name: field for field in kind.fields}
    errors = [FormError(f"fields.{name}", "is not a field of this form") for name in fields if name not in known]
    for name, field in known.items():
        value = fields.get(name)
        if value in (None, ""):
            if field.required:
                errors.append(FormError(f"fields.{name}", f"{field.label_en} is required"))
        elif problem := _problem(field, value):
            errors.append(FormError(f"fields.{name}", problem))
    return errors


def photos_missing(kind: Kind, priority: AlarmLevel, present: int) -> int:
    """Return how many photos are still missing for a report."""
    return max(0, kind.photos.get(priority, 0) - present)


def _problem(field: FormField, value: Any) -> str | None:
    if field.type == "number" and (isinstance(value, bool) or not isinstance(value, int | float)):
        return "must be a number"
    if field.type == "choice" and value not in field.choices:
        return f"must be one of {', '.join(field.choices)}"
    if field.type in {"text", "date"} and not isinstance(value, str):
        return "must be text"
    return None
