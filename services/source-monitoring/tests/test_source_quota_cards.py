"""Quota cards (刷卡排污): charges as versions, use by own days or the controller's total, forecast, warnings, reconciliation."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_judging.testing import ENTERPRISE_ID, factor, point, readings
from park_schemas.codes import Medium, Period
from park_schemas.park_time import at_park
from park_schemas.registry import PointRecord
from source_monitoring import park_today
from source_monitoring.domain.card_account import (
    CardState,
    Controller,
    converts,
    counter_uses,
    reconcile,
    state_of,
    unit_of,
    valve_of,
)
from source_monitoring.domain.permitted_quantity import use_of
from source_monitoring.testing import DAY, ENTERPRISE, HOUR, OFFICER, Laboratory, Person

START = at_park(datetime(2026, 11, 10))  # noqa: DTZ001 - read as park time; a day in the past, in the middle of its month
FIRST = date(2026, 1, 1)


def days(*uses: float) -> dict[date, Decimal]:
    return {FIRST + timedelta(days=number): Decimal(str(use)) for number, use in enumerate(uses)}


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=20), st.integers(0, 10_000))
def test_what_a_running_total_rose_by_is_given_back_day_by_day(rises: list[int], begin: int) -> None:
    total, seen = begin, {}
    for number, rise in enumerate(rises):
        seen[FIRST + timedelta(days=number)] = (Decimal(total), Decimal(total + rise))
        total += rise
    assert list(counter_uses(seen).values()) == [Decimal(rise) for rise in rises]


def test_a_total_that_was_set_to_zero_counts_what_it_shows_and_a_day_without_it_is_of_the_next() -> None:
    seen = {
        FIRST: (Decimal(90), Decimal(100)),
        FIRST + timedelta(days=2): (Decimal(120), Decimal(130)),
        FIRST + timedelta(days=3): (Decimal(0), Decimal(4)),
    }
    assert list(counter_uses(seen).values()) == [Decimal(10), Decimal(30), Decimal(4)]


def test_own_and_the_controller_s_figures_are_compared_over_the_days_that_both_have() -> None:
    found = reconcile(days(10, 10, 10), {**days(10, 12), FIRST + timedelta(days=9): Decimal(50)}, Decimal("0.05"))
    assert found is not None
    assert [found.own, found.controller, found.difference, found.days] == [20, 22, 2, 2]
    assert (found.share, found.differs) == (Decimal("0.1"), True)
    within = reconcile(days(10), days(10.5), Decimal("0.05"))
    assert within is not None
    assert not within.differs
    assert reconcile(days(10), {}, Decimal("0.05")) is None
    nothing = reconcile(days(0), days(1), Decimal("0.05"))
    assert nothing is not None
    assert (nothing.share, nothing.differs) == (None, True)


@pytest.mark.parametrize(
    ("charged", "used", "state"),
    [("100", 10, "ok"), ("100", 80, "low"), ("100", 100, "empty"), ("0", 0, "empty"), ("0", 1, "empty")],
)
def test_an_account_is_ok_low_or_empty(charged: str, used: float, state: str) -> None:
    use = use_of(Decimal(charged), date(2026, 12, 31), {FIRST: (Decimal(used), Decimal(0))})
    assert state_of(use, Decimal(charged), Decimal("0.8")) is CardState(state)


@pytest.mark.parametrize(
    ("value", "word"), [("1", "open"), ("1.0", "open"), ("0", "closed"), ("7", "unknown"), (None, "unknown")]
)
def test_the_valve_is_said_by_its_filed_values(value: str | None, word: str) -> None:
    assert valve_of(Controller(valve_factor="i1", valve_open="1", valve_closed="0"), value) == word
    assert valve_of(Controller(), value) is None


def test_accounts_are_kept_in_cubic_metres_or_kilograms_and_of_nothing_else() -> None:
    assert unit_of(Medium.WASTE_WATER, factor("w00000", "L/s")) == "m3"
    assert unit_of(Medium.WASTE_WATER, factor()) == "kg"
    assert unit_of(Medium.WASTE_GAS, factor("a21026", "mg/m3")) == "kg"
    assert unit_of(Medium.WASTE_WATER, factor("w01001", "1")) is None
    assert unit_of(Medium.WASTE_GAS, factor("a00000", "m3/h")) is None
    assert (converts("t", "kg"), converts("mg/L", "kg")) == (True, False)


@pytest.fixture(autouse=True)
def in_november(monkeypatch: pytest.MonkeyPatch) -> None:
    """Warnings end with their period, so what is expected depends on the day."""
    monkeypatch.setattr(park_today, "today", lambda: date(2026, 11, 22))


@pytest.fixture
def officer() -> Person:
    return Person(*OFFICER, name="officer")


@pytest.fixture
def outlet(laboratory: Laboratory) -> PointRecord:
    """An outlet whose card controller reports its running total, its balance and the valve as factors of their own."""
    of = point(
        factors=[
            factor("w00000", "L/s", 2), factor(), factor("x10001", "kg", 2), factor("x10002", "kg", 2), factor("x10003", "1", 0),
        ]
    )  # fmt: skip
    laboratory.registry.put(of)
    return of


async def a_day(laboratory: Laboratory, of: PointRecord, number: int = 0, *, total: float | None = None) -> None:
    """24 h x 36 m3 x 40 mg/L = 34.56 kg; `total` is where the controller's total begins, it rises by 34.5."""
    start, sent = START + number * DAY, []
    for minute in range(0, 24 * 60, 10):
        values = {"w01018": "40", "w00000": "10", "w00000-Cou": "6"}
        if total is not None:
            shown = total + 34.5 * minute / (24 * 60 - 10)
            values |= {"x10001": f"{shown:.2f}", "x10002": f"{100 - shown:.2f}", "x10003": "1"}
        sent.append(readings(of, start + timedelta(minutes=minute), values, period=Period.MINUTE))
    await laboratory.take(*sent)
    await laboratory.take(readings(of, start + DAY + 2 * HOUR, {"w01018": "40"}))
    await laboratory.close()


def form(of: PointRecord, **more: Any) -> dict[str, Any]:
    return {
        "point_id": str(of.point_id), "factor": "w01018", "card_number": "IC-0007", "period_start": "2026-11-01",
        "period_end": "2026-11-30", **more,
    }  # fmt: skip


async def opened(laboratory: Laboratory, officer: Person, of: PointRecord, **more: Any) -> dict[str, Any]:
    answer = await laboratory.ask(officer, "POST", "/quota-cards", form(of, **more))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def charged(
    laboratory: Laboratory,
    officer: Person,
    card_id: str,
    amount: str,
    number: str = "环许〔2026〕1号",
    status: int = 201,
) -> dict[str, Any]:
    body = {"amount": amount, "document_number": number, "charged_on": "2026-11-01"}
    answer = await laboratory.ask(officer, "POST", f"/quota-cards/{card_id}/charges", body)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def told(laboratory: Laboratory, rule: str = "card-balance") -> list[str]:
    found = await laboratory.published("supervision.findings.v1")
    return [one["verdict"] for one in found if one["rule"] == rule]


CONTROLLER = {
    "total_factor": "x10001", "balance_factor": "x10002", "valve_factor": "x10003", "valve_open": "1", "valve_closed": "0",
}  # fmt: skip


@pytest.mark.integration
async def test_a_card_is_charged_used_warned_of_and_says_when_it_runs_out(
    laboratory: Laboratory, officer: Person, outlet: PointRecord
) -> None:
    card = await opened(laboratory, officer, outlet)
    assert (card["unit"], card["state"], card["balance"]) == ("kg", "empty", "0")
    await charged(laboratory, officer, card["card_id"], "40")
    await a_day(laboratory, outlet)
    shown = (await laboratory.ask(officer, "GET", f"/quota-cards/{card['card_id']}")).json()
    assert (shown["used"], shown["balance"], shown["state"], shown["runs_out"]) == (
        "34.56",
        "5.44",
        "low",
        "2026-11-11",
    )
    assert await told(laboratory) == ["violated"]
    topped = await charged(laboratory, officer, card["card_id"], "1000", "环许〔2026〕2号")
    assert (topped["balance"], topped["state"]) == ("1005.44", "ok")
    assert await told(laboratory) == ["violated", "complied"]
    bodies = [one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "card-balance"]
    assert (bodies[0]["ratio"], bodies[0]["unit"], bodies[0]["factor"]) == (0.864, "kg", "w01018")
    assert "IC-0007" in bodies[0]["explanation_zh"]
    assert [one["document_number"] for one in topped["charges"]] == ["环许〔2026〕1号", "环许〔2026〕2号"]


@pytest.mark.integration
async def test_a_charge_is_corrected_and_withdrawn_as_versions_and_no_document_counts_twice(
    laboratory: Laboratory, officer: Person, outlet: PointRecord
) -> None:
    card_id = (await opened(laboratory, officer, outlet))["card_id"]
    (first,) = (await charged(laboratory, officer, card_id, "40"))["charges"]
    assert (await charged(laboratory, officer, card_id, "40", status=409))["code"] == "document-is-known"
    path = f"/quota-cards/{card_id}/charges/{first['charge_id']}"
    body = {
        "amount": "44.5", "document_number": "环许〔2026〕1号", "charged_on": "2026-11-02", "based_on": 1, "reason": "笔误",
    }  # fmt: skip
    corrected = (await laboratory.ask(officer, "PUT", path, body)).json()
    assert corrected["charged"] == "44.5"
    assert [(one["version"], one["amount"], one["reason"]) for one in corrected["charges"][0]["versions"]] == [
        (2, "44.5", "笔误"), (1, "40", ""),
    ]  # fmt: skip
    assert (await laboratory.ask(officer, "PUT", path, body)).json()["code"] == "version-conflict"
    withdrawn = await laboratory.ask(officer, "POST", f"{path}/withdraw", {"based_on": 2, "reason": "文件作废"})
    assert (withdrawn.json()["charged"], withdrawn.json()["charges"][0]["withdrawn"]) == ("0", True)
    again = await laboratory.ask(officer, "POST", f"{path}/withdraw", {"based_on": 3, "reason": "文件作废"})
    assert (again.status_code, again.json()["code"]) == (409, "charge-withdrawn")
    assert (await charged(laboratory, officer, card_id, "40"))["charged"] == "40"  # its number is free again


@pytest.mark.integration
async def test_the_controller_s_own_total_balance_and_valve_are_read_and_reconciled(
    laboratory: Laboratory, officer: Person, outlet: PointRecord
) -> None:
    card = await opened(laboratory, officer, outlet, used_by="controller", controller=CONTROLLER)
    await charged(laboratory, officer, card["card_id"], "100")
    await a_day(laboratory, outlet, total=10)
    shown = (await laboratory.ask(officer, "GET", f"/quota-cards/{card['card_id']}")).json()
    assert (shown["used"], shown["balance"], shown["valve"]) == ("34.50", "65.50", "open")
    assert Decimal(shown["reported_balance"]) == Decimal("55.5")
    found = shown["reconciliation"]
    assert (found["own"], found["controller"], found["differs"]) == ("34.56", "34.50", False)
    assert [Decimal(one["difference"]) for one in shown["days"]] == [Decimal("-0.06")]
    assert await told(laboratory, "card-difference") == []
    await a_day(laboratory, outlet, 1, total=100)  # 55.5 passed the controller while own figures know of none
    shown = (await laboratory.ask(officer, "GET", f"/quota-cards/{card['card_id']}")).json()
    assert shown["reconciliation"]["differs"]
    assert await told(laboratory, "card-difference") == ["violated"]


@pytest.mark.integration
async def test_an_account_of_water_is_kept_in_cubic_metres(
    laboratory: Laboratory, officer: Person, outlet: PointRecord
) -> None:
    card = await opened(laboratory, officer, outlet, factor="w00000")
    await charged(laboratory, officer, card["card_id"], "10000")
    await a_day(laboratory, outlet)
    shown = (await laboratory.ask(officer, "GET", f"/quota-cards/{card['card_id']}")).json()
    assert (shown["unit"], Decimal(shown["used"])) == ("m3", Decimal(864))


@pytest.mark.integration
@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"factor": "w99999"}, "body.factor"),
        ({"factor": "x10003"}, "body.factor"),
        ({"period_end": "2026-10-01"}, "body.period_end"),
        ({"used_by": "controller"}, "body.controller.total_factor"),
        ({"controller": {"total_factor": "w99999"}}, "body.controller.total_factor"),
        ({"controller": {"balance_factor": "w01018"}}, "body.controller.balance_factor"),
        ({"controller": {"valve_factor": "x10003"}}, "body.controller.valve_open"),
    ],
)
async def test_a_card_that_cannot_be_is_refused_with_what_and_where(
    laboratory: Laboratory, officer: Person, outlet: PointRecord, changes: dict[str, Any], where: str
) -> None:
    refused = await laboratory.ask(officer, "POST", "/quota-cards", form(outlet, **changes))
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, where)


@pytest.mark.integration
async def test_one_card_a_factor_and_time_changed_as_versions(
    laboratory: Laboratory, officer: Person, outlet: PointRecord
) -> None:
    card = await opened(laboratory, officer, outlet)
    second = await laboratory.ask(
        officer, "POST", "/quota-cards", form(outlet, period_start="2026-11-30", period_end="2026-12-31")
    )
    assert (second.status_code, second.json()["code"]) == (409, "card-overlaps")
    body = {name: value for name, value in form(outlet, period_end="2026-12-31").items() if name != "point_id"}
    path = f"/quota-cards/{card['card_id']}"
    changed = await laboratory.ask(officer, "PUT", path, {**body, "based_on": 1, "reason": "许可证延期"})
    assert (changed.json()["version"], changed.json()["period_end"]) == (2, "2026-12-31")
    assert [one["reason"] for one in changed.json()["versions"]] == ["许可证延期", ""]
    old = await laboratory.ask(officer, "PUT", path, {**body, "based_on": 1, "reason": "许可证延期"})
    assert (old.status_code, old.json()["code"]) == (409, "version-conflict")


@pytest.mark.integration
async def test_an_enterprise_sees_its_cards_and_changes_none(
    laboratory: Laboratory, officer: Person, outlet: PointRecord
) -> None:
    card = await opened(laboratory, officer, outlet)
    path = f"/quota-cards/{card['card_id']}"
    works, stranger = Person(*ENTERPRISE, enterprise_id=ENTERPRISE_ID), Person(*ENTERPRISE, enterprise_id=uuid4())
    assert (await laboratory.ask(works, "GET", path)).status_code == 200
    assert (await laboratory.ask(stranger, "GET", path)).status_code == 404
    assert (await laboratory.ask(stranger, "GET", "/quota-cards")).json()["items"] == []
    assert (await laboratory.ask(works, "POST", "/quota-cards", form(outlet))).status_code == 403
    assert (await charged(laboratory, works, card["card_id"], "1", status=403))["code"] == "not-permitted"


@pytest.mark.integration
async def test_the_list_filters_pages_counts_and_is_a_table(
    laboratory: Laboratory, officer: Person, outlet: PointRecord
) -> None:
    for month in ("01", "02", "03"):
        card = await opened(laboratory, officer, outlet, period_start=f"2026-{month}-01", period_end=f"2026-{month}-28")
    await charged(laboratory, officer, card["card_id"], "10")
    first = (await laboratory.ask(officer, "GET", "/quota-cards", limit=2)).json()
    assert (first["total"], first["counts"]) == (3, {"ok": 1, "low": 0, "empty": 2})
    assert [one["period_end"] for one in first["items"]] == ["2026-03-28", "2026-02-28"]
    rest = (await laboratory.ask(officer, "GET", "/quota-cards", limit=2, cursor=first["next_cursor"])).json()
    assert ([one["period_end"] for one in rest["items"]], rest["next_cursor"]) == (["2026-01-28"], None)
    on = (await laboratory.ask(officer, "GET", "/quota-cards", on="2026-02-10")).json()["items"]
    assert [one["period_end"] for one in on] == ["2026-02-28"]
    empty = (await laboratory.ask(officer, "GET", "/quota-cards", state="empty")).json()["items"]
    assert len(empty) == 2
    table = await laboratory.ask(officer, "GET", "/quota-cards/export", state="ok")
    assert "IC-0007" in table.text


@pytest.mark.integration
async def test_a_crash_between_charge_and_warning_leaves_neither_and_the_warning_is_told_once(
    laboratory: Laboratory, officer: Person, outlet: PointRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await opened(laboratory, officer, outlet)
    await a_day(laboratory, outlet)
    assert await told(laboratory) == ["violated", "violated", "violated"]  # used without any charge

    async def broken(*_: Any) -> None:
        raise RuntimeError("crash")

    with monkeypatch.context() as patched:
        patched.setattr("source_monitoring.cards.telling.store.set_told", broken)
        await charged(laboratory, officer, card["card_id"], "1000", status=500)
    shown = (await laboratory.ask(officer, "GET", f"/quota-cards/{card['card_id']}")).json()
    assert (shown["charged"], shown["charges"]) == ("0", [])
    assert await told(laboratory) == ["violated", "violated", "violated"]
    await charged(laboratory, officer, card["card_id"], "1000")
    assert (await told(laboratory))[3:] == ["complied"]


@pytest.mark.integration
async def test_a_card_whose_time_is_over_ends_its_warning_and_what_comes_late_is_still_on_record(
    laboratory: Laboratory, officer: Person, outlet: PointRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await opened(laboratory, officer, outlet)
    await charged(laboratory, officer, card["card_id"], "40")
    await a_day(laboratory, outlet)
    assert await told(laboratory) == ["violated"]
    await laboratory.long_results.tell_untold(date(2026, 12, 2))  # late data of the last day may still come
    assert await told(laboratory) == ["violated"]
    monkeypatch.setattr(park_today, "today", lambda: date(2026, 12, 3))
    await laboratory.long_results.tell_untold(date(2026, 12, 3))
    assert await told(laboratory) == ["violated", "complied"]
    last = [one for one in await laboratory.published("supervision.findings.v1") if one["rule"] == "card-balance"][-1]
    assert "ratio" not in last
    assert "本期已结束" in last["explanation_zh"]
    assert "its period is over" in last["explanation_en"]
    await a_day(laboratory, outlet, 1)
    assert await told(laboratory) == ["violated", "complied", "violated", "violated", "violated", "complied"]
    await laboratory.long_results.tell_untold(date(2026, 12, 4))
    assert len(await told(laboratory)) == 6


@pytest.mark.integration
async def test_a_card_made_longer_after_its_end_warns_again(
    laboratory: Laboratory, officer: Person, outlet: PointRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await opened(laboratory, officer, outlet)
    await charged(laboratory, officer, card["card_id"], "40")
    await a_day(laboratory, outlet)
    monkeypatch.setattr(park_today, "today", lambda: date(2026, 12, 3))
    await laboratory.long_results.tell_untold(date(2026, 12, 3))
    shown = (await laboratory.ask(officer, "GET", f"/quota-cards/{card['card_id']}")).json()
    longer = form(outlet, period_end="2026-12-31", based_on=shown["version"], reason="延期")
    del longer["point_id"]
    answer = await laboratory.ask(officer, "PUT", f"/quota-cards/{card['card_id']}", longer)
    assert answer.status_code == 200, answer.text
    assert await told(laboratory) == ["violated", "complied", "violated"]
