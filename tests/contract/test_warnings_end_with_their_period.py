"""The end of a year's or a card's warning, as source-monitoring tells it, ends the alarm in alerting as recovered, not as
withdrawn: the warning was right, there is only nothing left to do about it."""

from datetime import date
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

import pytest
from alerting.domain import episode
from alerting.domain.episode import CLOSE
from alerting.domain.evidence import Evidence, is_late
from alerting.domain.grading import weigh
from alerting.domain.policy import shipped_policy
from park_judging.domain.applied_limits import compile_limits
from park_judging.testing import factor, point
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState
from park_schemas.supervision import FindingRecorded
from source_monitoring.cards import telling
from source_monitoring.cards.accounts import Standing
from source_monitoring.domain.card_account import Card, CardState, Controller, UsedBy
from source_monitoring.domain.period_warnings import Ended
from source_monitoring.domain.permitted_quantity import Pace, Use
from source_monitoring.results import quantity_findings
from source_monitoring.results.quantity_findings import TOTAL_CONTROL, TOTAL_PACE, Used

OUTLET = compile_limits(point(factors=[factor()]))
SHARE = Decimal("0.96")
USE = Use(Decimal(96), Decimal(0), SHARE, Decimal(1), None, None, 300, date(2026, 12, 31))


def quantity(rule: str, share: str, why: Ended | None = None) -> FindingRecorded:
    row: Any = {
        "quantity_id": UUID(int=5), "point_id": OUTLET.point.point_id, "factor": "w01018", "year": 2026,
        "permitted_kg": Decimal(100), "permit": "排污许可证 表 12",
    }  # fmt: skip
    one = Used(row, USE, Pace(Decimal(75), Decimal("1.28")), OUTLET)
    if why is None:
        return quantity_findings.told(one, rule, Decimal(share))
    return quantity_findings.ended(one, rule, Decimal(share), why)


def card(rule: str, share: str, why: Ended | None = None) -> FindingRecorded:
    account = Card(
        card_number="IC-0007", factor="w01018", unit="kg", period_start=date(2026, 11, 1), period_end=date(2026, 11, 30),
        used_by=UsedBy.OWN, controller=Controller(),
    )  # fmt: skip
    one = Standing(cast(Any, {"card_id": UUID(int=6)}), account, Decimal(100), USE, CardState.LOW, {}, {}, None)
    if why is None:
        return telling.finding(OUTLET, one, rule, Decimal(share), "violated")
    return telling.ended(OUTLET, one, rule, Decimal(share), why)


def alarm_of(findings: list[FindingRecorded]) -> tuple[Alarm, Evidence]:
    """Take findings as alerting's intake does: the first begins the episode, the others go on with it."""
    first, *others = findings
    entry = shipped_policy().entry_for(first)
    evidence = weigh([first], entry, since=Evidence(), earlier=(), around={})
    decision = episode.raised(first, evidence, entry, alarm_id=UUID(int=9), number="A", now=first.recorded_at)
    alarm = decision.changes[-1].alarm
    for one in others:
        assert not is_late(evidence, one, entry), "told in the order in which it came"
        evidence = weigh([one], entry, since=evidence, earlier=(), around={})
        steps = episode.on_finding(alarm, evidence, one, entry, now=one.recorded_at).changes
        alarm = steps[-1].alarm if steps else alarm
    return alarm, evidence


@pytest.mark.parametrize(
    ("build", "rule", "shares", "level"),
    [
        (quantity, TOTAL_CONTROL, ("0.8", "0.9"), AlarmLevel.YELLOW),
        (quantity, TOTAL_PACE, ("1.2",), AlarmLevel.YELLOW),
        (card, telling.CARD_BALANCE, ("0.8", "0.9"), AlarmLevel.YELLOW),
        (card, telling.CARD_DIFFERENCE, ("0.05",), AlarmLevel.BLUE),
    ],
)
def test_an_alarm_whose_period_is_over_is_resolved_and_closes_as_recovered(
    build: Any, rule: str, shares: tuple[str, ...], level: AlarmLevel
) -> None:
    told = [build(rule, share) for share in shares]
    alarm, _ = alarm_of(told)
    assert (alarm.state, alarm.level) == (AlarmState.ACTIVE, level)
    alarm, evidence = alarm_of([*told, build(rule, shares[0], Ended.PERIOD_OVER)])
    assert alarm.state is AlarmState.RESOLVED
    entry = shipped_policy().entry_for(told[0])
    closing = episode.on_timer(alarm, evidence, entry, CLOSE, now=told[-1].recorded_at)
    assert closing.changes[-1].alarm.close_reason == "recovered"


def test_a_share_reached_only_after_the_year_is_on_record_as_an_alarm_that_ended() -> None:
    alarm, _ = alarm_of([quantity(TOTAL_CONTROL, "0.9"), quantity(TOTAL_CONTROL, "0.9", Ended.PERIOD_OVER)])
    assert (alarm.state, alarm.occurrences) == (AlarmState.RESOLVED, 1)


def test_a_pace_that_falls_back_below_its_line_ends_its_alarm() -> None:
    alarm, _ = alarm_of([quantity(TOTAL_PACE, "1.2"), quantity(TOTAL_PACE, "1.2", Ended.BELOW)])
    assert alarm.state is AlarmState.RESOLVED
