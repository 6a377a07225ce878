"""The review over the real API and Postgres against a model of its own: any order of steps, late data and corrections by any
persons leaves state, version, persons, record and announcements as the table says."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from park_chassis.testing import service_database
from park_judging.testing import PointsInMemory, factor, limit, point, readings
from park_schemas.codes import Period
from park_schemas.park_time import at_park
from source_monitoring.settings import Settings
from source_monitoring.testing import DAY, HOUR, OFFICER, Laboratory, Person

pytestmark = pytest.mark.integration

START = at_park(datetime(2026, 11, 10))  # noqa: DTZ001 - read as park time
PERSONS = 3
TABLE = {
    ("checked", "review"): "reviewed",
    ("reviewed", "approve"): "approved",
    ("reviewed", "return"): "checked",
    ("approved", "reopen"): "checked",
}
person = st.integers(0, PERSONS - 1)


class ReviewedDay(RuleBasedStateMachine):
    """The model: what ought to stand, kept apart from the service. Each run has an outlet and a day of its own."""

    runner: ClassVar[asyncio.Runner]
    laboratory: ClassVar[Laboratory]

    def __init__(self) -> None:
        super().__init__()
        self.state, self.version, self.late = "checked", 1, 0
        self.reviewer: int | None = None
        self.approver: int | None = None
        self.approved_version: int | None = None
        self.correction: tuple[str, int] | None = None
        self.record = ["check"]
        self.approvals = 0

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def ask(self, who: int, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return self.run(self.laboratory.ask(self.people[who], method, path, body))

    @initialize()
    def a_day_is_computed(self) -> None:
        self.people = [Person(*OFFICER, name=f"person {number}") for number in range(PERSONS)]
        self.of = point(limit(upper="50"), factors=[factor()])
        self.laboratory.registry.put(self.of)
        self.path = f"/reviews/{self.of.point_id}/{START.date()}"
        self.run(self.laboratory.minutes(self.of, START, 1, {"w01018": "40"}))
        self.run(self.laboratory.take(readings(self.of, START + DAY + 2 * HOUR, {"w01018": "40"})))
        self.run(self.laboratory.close())

    def contents_changed(self) -> None:
        """The hour came out otherwise: a new version, checked anew, nobody's step is carried over."""
        self.run(self.laboratory.close())
        self.state, self.version, self.reviewer, self.approver = "checked", self.version + 1, None, None
        self.record += ["change", "check"]

    def denied(self, action: str, who: int, seen: int, reason: str) -> str | None:
        if (self.state, action) not in TABLE:
            return "step-not-allowed"
        if seen != 0:
            return "version-changed"
        author = self.correction[1] if self.correction else None
        if action == "approve" and who in {self.reviewer, author}:
            return "same-person"
        return "reason-missing" if action in {"return", "reopen"} and not reason else None

    @rule(
        action=st.sampled_from(["review", "approve", "return", "reopen"]),
        who=person,
        seen=st.sampled_from([0, 0, 0, -1]),
        reason=st.sampled_from(["", "缺少记录"]),
    )
    def a_person_steps(self, action: str, who: int, seen: int, reason: str) -> None:
        why_not = self.denied(action, who, seen, reason)
        answer = self.ask(who, "POST", f"{self.path}/{action}", {"version": self.version + seen, "reason": reason})
        if why_not is not None:
            assert (answer.status_code, answer.json()["code"]) == (409, why_not), answer.text
            return
        assert answer.status_code == 200, answer.text
        self.state = TABLE[self.state, action]
        self.record.append(action)
        self.reviewer = who if action == "review" else self.reviewer if action == "approve" else None
        self.approver = who if action == "approve" else None
        if action == "approve":
            self.approved_version, self.approvals = self.version, self.approvals + 1

    @rule()
    def a_late_value_comes(self) -> None:
        self.late += 1
        late = readings(self.of, START, {"w01018": f"{40 + self.late}"}, period=Period.MINUTE)
        self.run(self.laboratory.take(late))
        self.contents_changed()

    @rule()
    def the_same_frame_comes_again(self) -> None:
        again = readings(self.of, START, {"w01018": f"{40 + self.late}"}, period=Period.MINUTE)
        self.run(self.laboratory.take(again))
        self.run(self.laboratory.close())

    @rule(who=person)
    def a_person_corrects(self, who: int) -> None:
        body = {
            "hour_start": START.isoformat(), "factor": "w01018", "kind": "replace", "value": "44", "reason": "比对",
            "evidence": [{"kind": "laboratory", "reference": "L-1"}],
        }  # fmt: skip
        answer = self.ask(who, "POST", f"/points/{self.of.point_id}/corrections", body)
        if self.correction is not None:
            assert answer.json()["code"] == "correction-in-force"
            return
        self.correction = (answer.json()["correction_id"], who)
        self.contents_changed()

    @precondition(lambda self: self.correction is not None)
    @rule(who=person)
    def a_person_withdraws_the_correction(self, who: int) -> None:
        assert self.correction is not None
        answer = self.ask(who, "POST", f"/corrections/{self.correction[0]}/withdraw", {"reason": "作废"})
        assert answer.status_code == 200
        self.correction = None
        self.contents_changed()

    @invariant()
    def the_service_says_what_the_model_says(self) -> None:
        shown = self.ask(0, "GET", self.path).json()
        names = [None if who is None else f"person {who}" for who in (self.reviewer, self.approver)]
        assert [shown["reviewed_by"], shown["approved_by"]] == names
        assert (shown["state"], shown["version"], shown["approved_version"], shown["final"]) == (
            self.state, self.version, self.approved_version, self.state == "approved",
        )  # fmt: skip
        assert [one["action"] for one in shown["steps"]] == self.record

    @invariant()
    def what_each_person_is_offered_is_what_he_may_take(self) -> None:
        for who in range(PERSONS):
            offered = self.ask(who, "GET", self.path).json()["allowed"]
            assert sorted(offered) == sorted(
                action
                for (state, action) in TABLE
                if state == self.state and not self.denied(action, who, 0, "because")
            )

    @invariant()
    def a_day_was_announced_as_final_once_an_approval(self) -> None:
        made = self.run(self.laboratory.published("source.assessments.v1"))
        final = [
            one
            for one in made
            if one["point_id"] == str(self.of.point_id)
            and one.get("review_state") == "approved"
            and one["period"] == "day"
        ]
        assert len(final) == self.approvals


@pytest.fixture
def machine(postgres_url: str, source_settings: Settings) -> Iterator[type[ReviewedDay]]:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        database = runner.run(stack.enter_async_context(service_database(postgres_url, "source_monitoring")))
        ReviewedDay.runner = runner
        ReviewedDay.laboratory = Laboratory(database, PointsInMemory(), source_settings)
        yield ReviewedDay
        runner.run(stack.aclose())


def test_any_order_of_steps_late_data_and_corrections_leaves_what_the_model_says(machine: type[ReviewedDay]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # a failure says its steps; to make them fewer would take minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
