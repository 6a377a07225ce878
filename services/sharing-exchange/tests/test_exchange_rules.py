"""The exchange's rules, pure: cursors, keys, allowance, retention, catalogue."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_schemas.catalogue import TOPICS
from sharing_exchange.consumers import handlers
from sharing_exchange.domain import api_keys, cursors
from sharing_exchange.domain.allowance import Allowances
from sharing_exchange.domain.catalogue import catalogue, fields_of
from sharing_exchange.domain.resources import RESOURCES
from sharing_exchange.domain.retention import days_ahead, days_to_drop, is_inside

RESOURCE = st.sampled_from(sorted(RESOURCES))
T0 = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)


@given(RESOURCE, st.integers(0, 10**18 - 1))
def test_a_cursor_leads_back_to_its_place(resource: str, sequence: int) -> None:
    assert cursors.decode(resource, cursors.encode(resource, sequence)) == sequence


@given(st.text(max_size=250) | st.binary(max_size=150).map(lambda raw: raw.decode("latin-1")))
def test_any_text_is_a_cursor_or_refused_with_a_reason(text: str) -> None:
    try:
        outcome: int | str = cursors.decode("alarms", text)
    except cursors.BadCursor as error:
        outcome = str(error)
    assert outcome != ""
    assert not isinstance(outcome, int) or outcome >= 0


@given(RESOURCE, RESOURCE, st.integers(0, 10**12))
def test_a_cursor_of_another_resource_is_refused(mine: str, other: str, sequence: int) -> None:
    if mine != other:
        with pytest.raises(cursors.BadCursor, match=f"of {other}, not of {mine}"):
            cursors.decode(mine, cursors.encode(other, sequence))


def test_keys_differ_and_only_their_hash_and_a_short_hint_are_kept() -> None:
    first, second = api_keys.new_key(), api_keys.new_key()
    assert first != second
    assert api_keys.is_well_formed(first)
    assert len(api_keys.hash_of(first)) == 32
    assert len(api_keys.hint_of(first)) < 12
    assert not api_keys.is_well_formed("park_short")
    assert not api_keys.is_well_formed(first + "'; drop table clients")


def test_an_allowance_is_used_up_and_comes_back_evenly_for_each_client_alone() -> None:
    allowances, one, other = Allowances(), UUID(int=1), UUID(int=2)
    assert [allowances.wait_s(one, 3, 0.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert allowances.wait_s(one, 3, 0.0) == pytest.approx(20)
    assert allowances.wait_s(other, 3, 0.0) == 0.0
    assert allowances.wait_s(one, 3, 20.0) == 0.0
    assert allowances.wait_s(one, 3, 20.0) > 0


def test_readings_are_kept_by_whole_days_and_not_from_a_far_future() -> None:
    month = timedelta(days=30)
    assert is_inside(T0 - month, T0, month)
    assert not is_inside(T0 - month - timedelta(days=1), T0, month)
    assert is_inside(T0 + timedelta(days=2), T0, month)
    assert not is_inside(T0 + timedelta(days=3), T0, month)
    assert days_ahead(T0) == [date(2026, 3, 10), date(2026, 3, 11), date(2026, 3, 12)]
    existing = [date(2026, 3, 1), date(2026, 2, 7), date(2026, 2, 8)]
    assert days_to_drop(existing, T0, month) == [date(2026, 2, 7)]


@given(st.integers(-80, 80), st.integers(2, 60))
def test_what_is_taken_is_never_dropped_at_once(offset: int, days: int) -> None:
    retention, data_time = timedelta(days=days), T0 + timedelta(hours=offset * 12)
    if is_inside(data_time, T0, retention):
        assert days_to_drop([data_time.date()], T0, retention) == []


def test_the_catalogue_tells_every_field_with_type_and_unit_and_what_is_granted() -> None:
    shown = catalogue(["alarms"])
    assert {dataset["name"] for dataset in shown["datasets"] if dataset["granted"]} == {"alarms"}
    assert len(shown["datasets"]) == len(RESOURCES)
    fields = {field["name"]: field for field in fields_of(RESOURCES["alarms"])}
    assert set(fields) == {field.name for field in msgspec.structs.fields(RESOURCES["alarms"].body)}
    assert fields["alarm_id"] == {"name": "alarm_id", "type": "string (uuid)", "required": True, "unit": None}
    assert fields["longitude"]["unit"] == "°, CGCS2000"
    assert fields["ratio"]["required"] is False


def test_units_name_fields_that_exist() -> None:
    for resource in RESOURCES.values():
        assert set(resource.units) <= {field.name for field in msgspec.structs.fields(resource.body)}


def test_every_event_type_of_every_resource_has_a_handler() -> None:
    topics = {resource.topic for resource in RESOURCES.values()}
    assert topics == {topic.name for topic in TOPICS.values() if "sharing-exchange" in topic.consumers}
    assert "alerting.alarm.closed" in handlers(timedelta(days=2))
