"""What printed documents say: from a task to the values its template sets. Pure; instants are written as park time.

problem-form: T/GXAS 710-2024 annex G. rectification-notice: annex J. task-record: the whole task, for the file.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from park_schemas.park_time import at_park

from task_dispatch.domain.forms import without_private
from task_dispatch.domain.kinds import OUTCOME_ZH, DocumentKind, FieldType, FormField, Kind
from task_dispatch.domain.life import CLOCK_ZH, LEVEL_ZH, ROLE_ZH
from task_dispatch.domain.problem_catalogue import problem_catalogue
from task_dispatch.domain.task_states import EVENT_ZH, STATE_ZH
from task_dispatch.domain.work import Work

TITLES: dict[DocumentKind, str] = {
    "problem-form": "入驻企业环保问题整改反馈单",
    "rectification-notice": "生态环境问题整改通知书",
    "task-record": "任务办理记录",
}
PREFIXES: dict[DocumentKind, str] = {"problem-form": "WT", "rectification-notice": "ZG", "task-record": "RW"}
SOURCE_ZH = {
    "alarm": "告警策略",
    "plan": "检查计划",
    "complaint": "信访投诉",
    "supervision": "上级督办",
    "manual": "人工派发",
    "sub-task": "子任务",
}
MOST_PHOTOS = 12
_NUMERALS = "零一二三四五六七八九十"


class NothingToPrint(Exception):
    """The task has nothing that the document could say; zh and en say what is missing."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Papers:
    """A task with all that hangs on it, as the stores return it."""

    work: Work
    kind: Kind | None
    timeline: Sequence[Mapping[str, Any]]
    reports: Sequence[Mapping[str, Any]]
    evidence: Sequence[Mapping[str, Any]]
    issuer: str


class Picture(Struct, frozen=True):
    """A photo or signature in the document: the evidence's hash, and what stands below it."""

    sha256: str
    caption: str


class Printed(Struct, frozen=True):
    """What a document says. `content_hash` is over all of it and stands on the paper."""

    kind: DocumentKind
    values: dict[str, Any]
    photos: list[Picture]
    signatures: list[Picture]

    def content_hash(self) -> str:
        """Return SHA-256 of what the document says, pictures by their own hashes."""
        said = [self.kind, self.values, *([one.sha256, one.caption] for one in (*self.photos, *self.signatures))]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def printed(kind: DocumentKind, papers: Papers) -> Printed:
    """Return what a document says. Raises NothingToPrint."""
    values = {"title": TITLES[kind], "issuer": papers.issuer, **_SAYS[kind](papers)}
    photos = [Picture(one["sha256"], _photo_caption(one)) for one in papers.evidence if one["media"] == "photo"][
        :MOST_PHOTOS
    ]
    signatures = [
        Picture(one["sha256"], f"{one['signer']}  {written(one['added_at'])}")
        for one in papers.evidence
        if one["media"] == "signature"
    ]
    return Printed(kind, values, photos, signatures)


def number_of(kind: DocumentKind, task_number: str, issue: int) -> str:
    """Return the document's number: kind, the task's number, which issue (ZG-20261122-0001-1)."""
    return f"{PREFIXES[kind]}-{task_number.removeprefix('TK-')}-{issue}"


def written(at: datetime | str | None) -> str:
    """Return an instant as people write it in the park."""
    if at is None:
        return ""
    instant = datetime.fromisoformat(at) if isinstance(at, str) else at
    return at_park(instant).strftime("%Y-%m-%d %H:%M")


def chinese_date(day: date | str | None) -> str:
    """Return 2026年11月22日, or blanks to be filled in by hand."""
    if not day:
        return "    年  月  日"
    known = date.fromisoformat(day) if isinstance(day, str) else day
    return f"{known.year}年{known.month}月{known.day}日"


def ordinal(number: int) -> str:
    """Return 一, 二 ... 十, 十一 ... 二十 ... 九十九 for 1 to 99."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _NUMERALS[tens] + "十"
    return head + (_NUMERALS[ones] if ones else "")


def _problems(papers: Papers) -> list[dict[str, str]]:
    """Return the problems of the newest report that lists any, else those the task was made with."""
    for report in reversed(papers.reports):
        if rows := (report["fields"] or {}).get("problem_list"):
            return list(rows)
    return list(papers.work.details.get("problem_list") or [])


def _problem_form(papers: Papers) -> dict[str, Any]:
    found: dict[str, list[dict[str, str]]] = {}
    for row in _problems(papers):
        found.setdefault(row["item"], []).append(row)
    classes = [
        {
            "number": one.number,
            "name": one.name_zh,
            "items": [
                {
                    "letter": item.code[-1],
                    "name": item.name_zh,
                    "found": "\n".join(row["found"] for row in found.get(item.code, [])),
                    "advice": "\n".join(row.get("advice") or "" for row in found.get(item.code, [])).strip(),
                }
                for item in one.items
            ],
        }
        for one in problem_catalogue().classes
    ]
    task = papers.work.task
    last = papers.reports[-1] if papers.reports else None
    return {
        "enterprise": task.enterprise_name_zh or task.subject_name_zh,
        "checked_at": written(last["at"]) if last else written(papers.work.details.get("checked_from")),
        "checked_by": last["by_name"] if last else "",
        "accompanied_by": ((last["fields"] or {}).get("accompanied_by") or "") if last else "",
        "task": task.number,
        "problems": sum(len(rows) for rows in found.values()),
        "classes": classes,
    }


def _rectification_notice(papers: Papers) -> dict[str, Any]:
    details, task = papers.work.details, papers.work.task
    problems = _problems(papers)
    if not problems:
        raise NothingToPrint("任务没有问题清单, 无法出具整改通知书", "the task lists no problems to put into a notice")
    began, ended = (details.get(name) for name in ("checked_from", "checked_to"))
    return {
        "enterprise": task.enterprise_name_zh or task.subject_name_zh or "            ",
        "checked": _period(began, ended) if began else "",
        "problems": [f"{ordinal(number)}、{row['found']}" for number, row in enumerate(problems, start=1)],
        "advice": [
            f"{ordinal(number)}、{row.get('advice') or '立即整改，消除上述问题。'}"
            for number, row in enumerate(problems, 1)
        ],
        "basis": details.get("basis") or "生态环境保护法律法规",
        "plan_due": chinese_date(details.get("plan_due_on")),
        "rectified_until": written(task.due_at),
        "office": details.get("office") or papers.issuer,
        "email": details.get("office_email") or "",
        "contact": details.get("contact") or "",
        "phone": details.get("contact_phone") or "",
        "liability": details.get("liability") or "",
        "date": chinese_date(at_park(task.created_at).date()),
        "task": task.number,
    }


def _period(began: str, ended: str | None) -> str:
    first = at_park(datetime.fromisoformat(began))
    text = f"{chinese_date(first.date())}{first:%H时%M分}"
    if not ended:
        return text
    last = at_park(datetime.fromisoformat(ended))
    return f"{text}至{'' if last.date() == first.date() else chinese_date(last.date())}{last:%H时%M分}"


def _task_record(papers: Papers) -> dict[str, Any]:
    return {
        "facts": _facts(papers.work),
        "sections": [_order_section(papers), *(_report_section(papers, one) for one in papers.reports)],
        "clocks": [
            [CLOCK_ZH[one.until], written(one.due_at), written(one.met_at), "超时" if one.missed_at else ""]
            for one in papers.work.clocks
        ],
        "timeline": [
            [written(one["at"]), str(one["who"]), EVENT_ZH.get(one["what"], one["what"]), one["detail_zh"]]
            for one in papers.timeline
        ],
        "files": [
            [
                _MEDIA_ZH[one["media"]],
                one["name"] or one["kind"],
                written(one["added_at"]),
                one["added_by"],
                one["sha256"],
            ]
            for one in papers.evidence
        ],
        "task": papers.work.task.number,
    }


_MEDIA_ZH = {"photo": "照片", "video": "视频", "document": "文档", "signature": "签名"}


def _facts(work: Work) -> list[list[str]]:
    task = work.task
    outcome = OUTCOME_ZH.get(task.outcome, task.outcome) if task.outcome else ""
    return [
        ["任务编号", task.number], ["任务名称", task.title_zh], ["状态", STATE_ZH[task.state]],
        ["紧急程度", LEVEL_ZH[task.priority]], ["来源", SOURCE_ZH.get(task.source, "")],
        ["企业", task.enterprise_name_zh], ["点位", task.subject_name_zh], ["网格", task.cell],
        ["承办人", task.assignee_name or task.assignee or ROLE_ZH.get(task.assignee_role or "", "")],
        ["协办人", "、".join(one.name for one in work.co_workers)], ["创建时间", written(task.created_at)],
        ["反馈期限", written(task.due_at)], ["核验人", task.verified_by or ""], ["办结时间", written(task.closed_at)],
        ["办理结果", f"{outcome} {task.outcome_note}".strip()],
    ]  # fmt: skip


def _order_section(papers: Papers) -> dict[str, Any]:
    fields = papers.kind.order_fields if papers.kind else []
    shown = without_private(fields, papers.work.details)
    hidden = len(papers.work.details) - len(shown)
    rows = answers(fields, shown)
    return {"title": "派单信息", "rows": [*rows, ["说明", "个人信息不在本件中显示"]] if hidden else rows}


def _report_section(papers: Papers, report: Mapping[str, Any]) -> dict[str, Any]:
    fields = papers.kind.fields if papers.kind else []
    said = [
        ["现场情况", report["findings_text"]],
        ["处置措施", report["measures"]],
        ["结论", OUTCOME_ZH.get(report["outcome"], report["outcome"])],
        ["复测值", report["measured_value"] or ""],
        *answers(fields, report["fields"] or {}),
    ]
    title = f"反馈  {report['by_name']}  {written(report['at'])}"
    return {"title": title, "rows": [row for row in said if row[1]]}


def answers(fields: Sequence[FormField], given: Mapping[str, Any]) -> list[list[str]]:
    """Return [label, answer] of each field that was answered, as people read it."""
    return [
        [field.label_zh + (f"({field.unit})" if field.unit else ""), _answer(field, given[field.name])]
        for field in fields
        if given.get(field.name) not in (None, "", [])
    ]


def _answer(field: FormField, value: Any) -> str:
    as_read = _AS_READ.get(field.type)
    return as_read(field, value) if as_read else str(value)


def _named(field: FormField, choice: str) -> str:
    return field.choice_names[choice].zh if choice in field.choice_names else choice


def _rows(field: FormField, value: list[dict[str, Any]]) -> str:
    lines = ("；".join(answer for _, answer in answers(field.columns, row)) for row in value)
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1))


_AS_READ: dict[FieldType, Callable[[FormField, Any], str]] = {
    "rows": _rows,
    "choice": _named,
    "choices": lambda field, value: "、".join(_named(field, one) for one in value),
    "instant": lambda _, value: written(value),
    "date": lambda _, value: chinese_date(value),
    "yes-no": lambda _, value: "是" if value else "否",
    "number": lambda _, value: f"{value:g}",
}


def _photo_caption(one: Mapping[str, Any]) -> str:
    taken = written(one["taken_at"] or one["added_at"])
    place = f"  {one['longitude']:.5f}, {one['latitude']:.5f}" if one["longitude"] is not None else ""
    return f"{taken}{place}  {one['added_by']}  {one['sha256'][:12]}"


_SAYS: dict[DocumentKind, Callable[[Papers], dict[str, Any]]] = {
    "problem-form": _problem_form,
    "rectification-notice": _rectification_notice,
    "task-record": _task_record,
}
