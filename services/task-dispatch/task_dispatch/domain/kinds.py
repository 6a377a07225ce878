"""Kinds of tasks as data with versions: what is asked when one is made, which steps and clocks it has, what a report must
say and prove, who verifies. A task keeps the version it was made with. `kind_check` says what contradicts itself."""

from importlib import resources
from typing import Literal, get_args

import msgspec
from msgspec import Struct
from park_schemas.codes import AlarmLevel, Role

OUTCOMES = ("confirmed", "false-alarm", "equipment-fault", "other")
OUTCOME_ZH = {"confirmed": "属实", "false-alarm": "误报", "equipment-fault": "设备故障", "other": "其他"}

FieldType = Literal["text", "long-text", "number", "choice", "choices", "date", "instant", "yes-no", "rows"]
StepName = Literal["arrive", "handle"]
ClockedStep = Literal["sign", "arrive", "handle", "report", "verify", "close"]
ClockUnit = Literal["hours", "days", "working-hours", "working-days"]
EvidenceMedia = Literal["photo", "video", "document", "signature"]
DocumentKind = Literal["problem-form", "rectification-notice", "task-record"]

CLOCKED_STEPS: tuple[ClockedStep, ...] = get_args(ClockedStep)
"""In the order in which they are taken."""


class Name(Struct, frozen=True, forbid_unknown_fields=True):
    """What people read."""

    zh: str
    en: str


class FormField(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One field of a form. `rows` is a table of `columns`; `private` is shown only to who may dispatch (complainants)."""

    name: str
    label_zh: str
    label_en: str
    type: FieldType = "text"
    required: bool = False
    choices: list[str] = []
    choice_names: dict[str, Name] = {}
    unit: str = ""
    least: float | None = None
    most: float | None = None
    columns: list["FormField"] = []
    private: bool = False


class StepNeed(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A step that must be taken before the report, from a level on."""

    step: StepName
    from_level: AlarmLevel = AlarmLevel.BLUE


class Clock(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Until when a step must be taken, at these levels (empty: all). Working units count by the park's calendar."""

    until: ClockedStep
    amount: float
    unit: ClockUnit
    levels: list[AlarmLevel] = []

    def applies_at(self, level: AlarmLevel) -> bool:
        """Return whether the clock runs for tasks of a level."""
        return not self.levels or level in self.levels


class Kind(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A kind of task.

    `order_fields` are asked when it is made, `fields` by the report. `photos` is how many photos a report needs by priority
    (absent: none); `evidence` what else it needs. `verified_by`: any officer, or only who made the task. `work_by`: roles it
    may be given to. `documents`: what can be printed beside the task record. `unannounced`: the enterprise that it is about is
    not shown it before somebody is there (不发通知、不打招呼), unless it is given to the enterprise itself.
    """

    kind: str
    name_zh: str
    name_en: str
    version: int = 1
    order_fields: list[FormField] = []
    fields: list[FormField] = []
    photos: dict[AlarmLevel, int] = {}
    evidence: dict[EvidenceMedia, int] = {}
    steps: list[StepNeed] = []
    clocks: list[Clock] = []
    work_by: list[Role] = msgspec.field(default_factory=lambda: [Role.INSPECTOR, Role.ENTERPRISE])
    verified_by: Literal["officer", "creator"] = "officer"
    documents: list[DocumentKind] = []
    from_alarms: bool = False
    unannounced: bool = False
    retired: bool = False
    source: str = ""
    note: str = ""

    def clock(self, until: ClockedStep, level: AlarmLevel) -> Clock | None:
        """Return the clock of a step at a level."""
        return next((clock for clock in self.clocks if clock.until == until and clock.applies_at(level)), None)

    def needs_step(self, step: StepName, level: AlarmLevel) -> bool:
        """Return whether the step must be taken before the report at a level."""
        return any(need.step == step and level.rank >= need.from_level.rank for need in self.steps)


class ClockPreset(Struct, frozen=True, forbid_unknown_fields=True):
    """A set of clocks in use somewhere, to start from when a kind is written."""

    preset: str
    name_zh: str
    name_en: str
    clocks: list[Clock]
    source: str


def shipped_kinds() -> dict[str, Kind]:
    """Return the kinds shipped with the service, by name."""
    kinds = msgspec.json.decode(_policy("kinds.json"), type=list[Kind])
    return {kind.kind: kind for kind in kinds}


def clock_presets() -> list[ClockPreset]:
    """Return the shipped sets of clocks."""
    return msgspec.json.decode(_policy("clock_presets.json"), type=list[ClockPreset])


def photos_missing(kind: Kind, priority: AlarmLevel, present: int) -> int:
    """Return how many photos are still missing for a report."""
    return max(0, kind.photos.get(priority, 0) - present)


def _policy(name: str) -> bytes:
    return (resources.files("task_dispatch") / "policies" / name).read_bytes()
