"""Faults of requests are told field by field in Chinese and English."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from park_chassis.request_faults import _ZH, request_faults
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core._pydantic_core import list_all_errors

EXAMPLES: dict[str, dict[str, Any]] = {str(one["type"]): one.get("example_context") or {} for one in list_all_errors()}


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=2, max_length=5)] = "name"
    count: Annotated[int, Field(ge=1, le=9)] = 1
    level: Literal["red", "blue"] = "red"
    value: Annotated[Decimal, Field(max_digits=5)] = Decimal(1)
    day: date = date(2026, 11, 22)
    at: datetime | None = None
    point_id: UUID | None = None
    parts: Annotated[list[int], Field(max_length=2)] = []
    needed: str


@pytest.mark.parametrize("kind", sorted(_ZH))
def test_every_kind_of_fault_exists_and_its_words_find_their_facts(kind: str) -> None:
    (told,) = request_faults([{"type": kind, "loc": ("body",), "msg": "x", "ctx": EXAMPLES[kind]}])
    assert told["what_zh"]
    assert "{" not in told["what_zh"]


def test_each_field_is_told_with_its_place_and_its_bounds_in_both_languages() -> None:
    wrong = {
        "name": "x", "count": 10, "level": "pink", "value": "a", "day": "2026-13-01", "at": "noon", "point_id": "7",
        "parts": [1, 2, 3], "more": 1,
    }  # fmt: skip
    with pytest.raises(ValidationError) as refused:
        Form.model_validate(wrong)
    told = {one["where"]: one["what_zh"] for one in request_faults(refused.value.errors())}
    assert told == {
        "name": "至少 2 个字符",
        "count": "应不大于 9",
        "level": "应为以下之一：'red' 或 'blue'",
        "value": "应为数字",
        "day": "应为日期，如 2026-11-22",
        "at": "应为时间，如 2026-11-22T08:00:00+08:00",
        "point_id": "应为 UUID",
        "parts": "最多 2 项",
        "needed": "必须填写",
        "more": "没有这个字段",
    }
    assert all(one["what"] for one in request_faults(refused.value.errors()))


def test_a_fault_without_words_of_its_own_carries_the_english_ones() -> None:
    (told,) = request_faults([{"type": "value_error", "loc": ("query", "to"), "msg": "Value error, before from"}])
    assert told == {
        "where": "query.to",
        "what": "Value error, before from",
        "what_zh": "无效：Value error, before from",
    }
