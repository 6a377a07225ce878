"""What the HTTP of the judging services shares: bodies of forms, places in lists, refusals."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from park_chassis.auth import Principal
from park_chassis.clock import now
from park_chassis.errors import Refused
from park_chassis.paging import decode_cursor
from park_chassis.sheets.problems import Problem
from park_schemas.park_time import at_park
from pydantic import BaseModel, ConfigDict, Field

from park_judging.registry import Points
from park_judging.versions import Change

Text = str | None
Place = TypeVar("Place")


class Body(BaseModel):
    """A request body: unknown fields are refused, text is trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class TextBody(Body):
    """A form whose fields are read as the cells of a sheet are: numbers may come as numbers or as text."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, coerce_numbers_to_str=True)

    def as_texts(self, *leave_out: str) -> dict[str, str]:
        """Return the given fields as text cells, as a row of a sheet would hold them."""
        return self.model_dump(exclude=set(leave_out), exclude_none=True)


class Changing(TextBody):
    """`based_on` is the version the change starts from, 0 for something new; a reason is needed to change what is there."""

    based_on: int = Field(0, ge=0, le=1_000_000)
    reason: str = Field("", max_length=500)


def change_of(writer: Principal, reason: str) -> Change:
    return Change(writer.username, reason, now())


def need_reason(based_on: int, reason: str) -> None:
    """Refuse (422) a correction without a reason."""
    if based_on > 0 and len(reason) < 2:
        what = {"where": "reason", "what": "a correction needs a reason", "what_zh": "更正须填写原因"}
        raise Refused("reason-missing", "更正须填写原因", "a correction needs a reason", status=422, errors=[what])


def conflict() -> Refused:
    return Refused("version-conflict", "已被他人修改，请刷新后重试", "it was changed meanwhile: read it again")


def invalid(problems: list[Problem]) -> Refused:
    """Return the refusal (422) that lists all problems, each with field, value and reason in both languages."""
    errors: list[dict[str, Any]] = [
        {"where": one.column, "value": one.value, "what": one.what_en, "what_zh": one.what_zh} for one in problems
    ]
    return Refused("invalid-form", "表单有误", "the form has errors", status=422, errors=errors)


def park_of(points: Points, writer: Principal) -> UUID:
    """Return the park's id. Raises Refused (409) while neither the registry nor the caller knows it."""
    park_id = points.park_id() or writer.park_id
    if park_id is None:
        raise Refused("park-unknown", "尚未登记园区点位，不能确定园区", "no point of the park is registered yet")
    return park_id


def bad_range(zh: str, en: str, *, where: str = "query.from", code: str = "bad-range", **facts: Any) -> Refused:
    """Return the refusal (422) of a stretch of time, naming the parameter it is about."""
    errors = [{"where": where, "what": en, "what_zh": zh}]
    return Refused(code, zh, en, status=422, errors=errors, **facts)


def bad_value(name: str, value: str, zh: str, en: str) -> Refused:
    """Return the refusal (422) of a parameter of a query, with its value and why."""
    errors = [{"where": f"query.{name}", "value": value, "what": en, "what_zh": zh}]
    return Refused("bad-value", f"{value}:{zh}", f"{value} {en}", status=422, errors=errors)


def in_order(since: date | None, until: date | None) -> None:
    """Refuse (422) a stretch of time that ends before it begins. Both are days, or both aware instants."""
    if since is not None and until is not None and since > until:
        raise bad_range("开始时间不能晚于结束时间", "from must not be after to")


def park_time(moment: datetime | None) -> datetime | None:
    """Read a time of a request; without offset it is park time. Raises Refused (422) at the ends of the calendar."""
    try:
        return None if moment is None else at_park(moment)
    except OverflowError as error:
        raise bad_range("时间超出范围", "the time is out of range") from error


def _place(cursor: str | None, read: Callable[..., Place], parts: int) -> Place | None:
    """Read the place of a cursor of so many parts. Raises Refused (422) for one that is not ours."""
    place = decode_cursor(cursor)
    if place is None:
        return None
    try:
        if len(place) != parts:
            raise ValueError(place)
        return read(*place)
    except (AttributeError, TypeError, ValueError) as error:
        raise Refused("bad-cursor", "cursor 无效", "the cursor is not valid", status=422) from error


def place_of_time(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return the (instant, id) of a cursor. Raises Refused (422) for one that is not ours."""
    return _place(cursor, lambda at, key: (datetime.fromisoformat(at), UUID(key)), 2)


def place_of_day(cursor: str | None) -> tuple[date, UUID] | None:
    """Return the (day, id) of a cursor. Raises Refused (422) for one that is not ours."""
    return _place(cursor, lambda day, key: (date.fromisoformat(day), UUID(key)), 2)


def place_of_text(cursor: str | None) -> str | None:
    """Return the key of a cursor. Raises Refused (422) for one that is not ours."""
    return _place(cursor, _text, 1)


def place_of_id(cursor: str | None) -> UUID | None:
    """Return the id of a cursor. Raises Refused (422) for one that is not ours."""
    return _place(cursor, UUID, 1)


def place_of_row(cursor: str | None) -> tuple[UUID, int] | None:
    """Return the (import, row) of a cursor. Raises Refused (422) for one that is not ours."""
    return _place(cursor, lambda key, row: (UUID(key), int(row)), 2)


def _text(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(key)
    return key
