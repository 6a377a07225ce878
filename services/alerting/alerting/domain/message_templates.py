"""What people read by e-mail, SMS and chat: templates as data, `$name` for what is known of the alarm, nothing else is run.

A template that names something unknown is refused when it is saved, so that rendering cannot fail. Values are put in as text:
they are never read as a template again, and a line break cannot leave a subject.
"""

import json
import string
from collections.abc import Mapping
from datetime import datetime
from importlib import resources

import msgspec
from msgspec import Struct
from park_schemas.alarms import Alarm
from park_schemas.park_time import PARK_TIME_ZONE

from alerting.domain.alarm_states import STATE_ZH
from alerting.domain.levels_in_words import LEVEL_ZH
from alerting.domain.titles import RULE_NAMES

KINDS = ("email", "sms", "wecom", "dingtalk", "feishu")
LANGUAGES = ("zh", "en")
LONGEST_SUBJECT, LONGEST_TEXT = 200, 4000

NAMES: dict[str, str] = {
    "number": "告警编号 / number of the alarm",
    "title": "标题 / title (of several alarms: the worst, and how many)",
    "level": "级别 / level",
    "state": "状态 / state",
    "rule": "规则 / rule",
    "enterprise": "企业 / enterprise",
    "subject": "点位 / point",
    "factor": "因子 / factor",
    "observed": "监测值 / observed value",
    "limit": "限值 / limit",
    "unit": "单位 / unit",
    "ratio": "限值倍数 / value divided by limit",
    "standard": "依据标准 / standard and clause",
    "started_at": "开始时间 / beginning of the violation, park time",
    "raised_at": "告警时间 / when it was raised, park time",
    "together": "合并条数 / how many alarms the message stands for",
    "url": "链接 / where the alarm is shown",
}
"""Every name a template may use, with what it means."""


class Template(Struct, frozen=True, forbid_unknown_fields=True):
    """Subject (used where the channel has one) and text of one kind of channel in one language."""

    kind: str
    language: str
    subject: str
    text: str


class Rendered(Struct, frozen=True):
    """A message as people read it."""

    subject: str
    text: str


def shipped_templates() -> list[Template]:
    """Return the templates shipped with the service."""
    content = (resources.files("alerting") / "policies" / "templates.json").read_bytes()
    return msgspec.json.decode(content, type=list[Template])


def problems(template: Template) -> list[tuple[str, str, str]]:
    """Return what is wrong with a template as (where, zh, en); an empty list means it may be used."""
    found: list[tuple[str, str, str]] = []
    if template.kind not in KINDS:
        found.append(("kind", f"应为 {', '.join(KINDS)} 之一", f"must be one of {', '.join(KINDS)}"))
    if template.language not in LANGUAGES:
        found.append(("language", "应为 zh 或 en", "must be zh or en"))
    for where, text, longest in (
        ("subject", template.subject, LONGEST_SUBJECT),
        ("text", template.text, LONGEST_TEXT),
    ):
        found += _problems_of(where, text, longest, frozenset(NAMES))
    if not template.text.strip():
        found.append(("text", "不能为空", "must not be empty"))
    return found


def _problems_of(where: str, text: str, longest: int, known: frozenset[str]) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    if len(text) > longest:
        found.append((where, f"超过 {longest} 个字符", f"longer than {longest} characters"))
    pattern = string.Template(text)
    if not pattern.is_valid():
        found.append((where, "“$”后面不是名称; 字面的 $ 写作 $$", "a $ without a name; write $$ for a literal one"))
    found += [
        (where, f"未知的名称 ${name}", f"unknown name ${name}; known: {', '.join(sorted(known))}")
        for name in pattern.get_identifiers()
        if name not in known
    ]
    return found


def render(template: Template, alarm: Alarm, *, title: str, together: int, url: str) -> Rendered:
    """Return the message of an alarm (of several: the worst one and its title) by a template that has been checked."""
    values = values_of(alarm, template.language, title=title, together=together, url=url)
    subject = string.Template(template.subject).safe_substitute(values)
    return Rendered(_one_line(subject), string.Template(template.text).safe_substitute(values).strip())


def values_of(alarm: Alarm, language: str, *, title: str, together: int, url: str) -> dict[str, str]:
    """Return what each name of NAMES stands for."""
    zh = language == "zh"
    rule_zh, rule_en = RULE_NAMES.get(alarm.rule, (alarm.rule, alarm.rule))
    return {
        "number": alarm.number,
        "title": title,
        "level": LEVEL_ZH[alarm.level] if zh else alarm.level.value,
        "state": STATE_ZH[alarm.state] if zh else alarm.state.value,
        "rule": rule_zh if zh else rule_en,
        "enterprise": alarm.enterprise_name_zh if zh else alarm.enterprise_name_en or alarm.enterprise_name_zh,
        "subject": alarm.subject_name_zh if zh else alarm.subject_name_en,
        "factor": (alarm.factor_name_zh if zh else alarm.factor_name_en) or alarm.factor or "-",
        "observed": alarm.observed or "-",
        "limit": alarm.limit or "-",
        "unit": alarm.unit,
        "ratio": "-" if alarm.ratio is None else f"{alarm.ratio:.2f}",
        "standard": f"{alarm.standard} {alarm.clause}".strip() or "-",
        "started_at": _wall(alarm.started_at),
        "raised_at": _wall(alarm.raised_at),
        "together": str(together),
        "url": url,
    }


SMS_NAMES = frozenset({"phone", "text", "secret", "message_id"})
"""What the request template of an SMS provider may name."""


def problems_of_request(where: str, text: str) -> list[tuple[str, str, str]]:
    """Return what is wrong with a part of an SMS provider's request template."""
    return _problems_of(where, text, LONGEST_TEXT, SMS_NAMES)


def fill_json(template: str, values: Mapping[str, str]) -> str:
    """Return a JSON text with the values put in, each escaped as the inside of a JSON string."""
    escaped = {name: json.dumps(value, ensure_ascii=False)[1:-1] for name, value in values.items()}
    return string.Template(template).safe_substitute(escaped)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return a one-line text (header) with the values put in; line breaks of values become blanks."""
    return string.Template(template).safe_substitute({name: _one_line(value) for name, value in values.items()})


def _wall(at: datetime) -> str:
    return at.astimezone(PARK_TIME_ZONE).strftime("%Y-%m-%d %H:%M")


def _one_line(text: str) -> str:
    return " ".join(text.split())
