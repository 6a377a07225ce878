"""What a parameter of a command may be: its type, bounds, and how it is spelled on the wire."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple


class ParameterType(StrEnum):
    """How a value is read and shown."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    SECRET = "secret"  # noqa: S105 - a kind of parameter, not a password
    TIME = "time"
    FACTOR = "factor"
    INFO = "info"
    CHOICE = "choice"


class Choice(NamedTuple):
    """One value that may be chosen."""

    value: str
    title_zh: str
    title_en: str


class Parameter(NamedTuple):
    """One parameter. `name` is the name in CP; a part in angle brackets stands for a code (`<factor>-LowValue`).

    `wire` is the name on the wire where an edition spells another. Parameters with the same `item` share one CP item (comma),
    others have one each (semicolon). `repeats`: several values may be given.
    """

    name: str
    type: ParameterType
    title_zh: str
    title_en: str
    required: bool = True
    repeats: bool = False
    minimum: int | None = None
    maximum: int | None = None
    pattern: str = ""
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    hint_zh: str = ""
    hint_en: str = ""
    wire: str = ""
    item: int = 0


class Wrong(NamedTuple):
    """One thing that is wrong with a request: which parameter, and why."""

    where: str
    zh: str
    en: str


_TEXT: Final = re.compile(r"[^;,=&#\r\n\x00-\x1f]{1,400}")
_CODES: Final[Mapping[str, str]] = {"factor": r"[0-9A-Za-z]{2,6}", "info": r"i[0-9A-Za-z]{5}"}
_PATTERNS: Final[Mapping[ParameterType, tuple[str, str, str]]] = {
    ParameterType.FACTOR: (r"[0-9A-Za-z]{2,6}", "应为因子编码,如 w01018", "must be a factor code such as w01018"),
    ParameterType.INFO: (r"i[0-9A-Za-z]{5}", "应为信息编码,如 i12001", "must be an information code such as i12001"),
    ParameterType.NUMBER: (r"-?[0-9]{1,14}(\.[0-9]{1,4})?", "应为数值", "must be a decimal number"),
    ParameterType.INTEGER: (r"[0-9]{1,9}", "应为整数", "must be a whole number"),
}


def matcher(name: str) -> "re.Pattern[str]":
    """Return the pattern of the spellings of a parameter's name."""
    return re.compile(re.sub(r"<(\w+)>", lambda found: _CODES[found[1]], name))


def value_problem(parameter: Parameter, text: str) -> tuple[str, str] | None:
    """Return why `text` is no value of the parameter (Chinese, English), None when it is one."""
    if parameter.type is ParameterType.TIME:
        return (
            None if is_time(text) else ("应为 14 位时间 YYYYMMDDhhmmss", "must be a time of 14 digits YYYYMMDDhhmmss")
        )
    if parameter.type is ParameterType.CHOICE:
        values = [choice.value for choice in parameter.choices]
        return None if text in values else (f"应为 {'、'.join(values)} 之一", f"must be one of {', '.join(values)}")
    if pattern := _PATTERNS.get(parameter.type):
        if not re.fullmatch(pattern[0], text):
            return pattern[1:]
        return _bounds_problem(parameter, text)
    if parameter.pattern and not re.fullmatch(parameter.pattern, text):
        return f"格式应为 {parameter.pattern}", f"must have the form {parameter.pattern}"
    return None if _TEXT.fullmatch(text) else ("含有分隔符或为空", "is empty or holds a separator")


def _bounds_problem(parameter: Parameter, text: str) -> tuple[str, str] | None:
    low, high = parameter.minimum, parameter.maximum
    if low is None or high is None or low <= int(text) <= high:
        return None
    return f"应在 {low} 至 {high} 之间", f"must be between {low} and {high}"


def is_time(text: str) -> bool:
    """Whether a text is a wall time YYYYMMDDhhmmss."""
    if not re.fullmatch(r"[0-9]{14}", text):
        return False
    try:
        datetime.strptime(text, "%Y%m%d%H%M%S")  # noqa: DTZ007 - wall time, as on the wire
    except ValueError:
        return False
    return True


def parameter_of(parameters: Sequence[Parameter], name: str) -> Parameter | None:
    """Return the parameter that a name in a request means, by its own name or its name on the wire."""
    for parameter in parameters:
        if matcher(parameter.name).fullmatch(name) or (parameter.wire and parameter.wire == name):
            return parameter
    return None
