"""Who may do what when: the table of actions, and that verification is another person's."""

from datetime import timedelta

import pytest
from park_schemas.codes import AlarmLevel, Role
from task_dispatch.domain import life
from task_dispatch.domain.actions import ACTIONS, Actor, Around, allowed, refusal
from task_dispatch.domain.forms import form_errors
from task_dispatch.domain.kinds import photos_missing, shipped_kinds
from task_dispatch.domain.policy import plan_for, shipped_policy
from task_dispatch.domain.work import CoWorker, Work
from task_dispatch.testing import NOON, actor, alarm, work

OFFICER = actor("zhang", Role.OFFICER)
INSPECTOR = actor("li")
OTHER = actor("wang")
ENTERPRISE = actor("plant", Role.ENTERPRISE)
LATER = NOON + timedelta(hours=1)


def to_role(role: str = "inspector") -> Work:
    return life.dispatched(work(), assignee=None, name="", role=role, due_at=None, note="", by="system", now=NOON).work


def signed() -> Work:
    return life.signed(to_role(), by="li", name="李", now=LATER).work


def reported() -> Work:
    return life.reported(signed(), by="li", outcome="confirmed", note="曝气停运", now=LATER).work


def test_a_new_task_can_be_dispatched_or_cancelled_by_an_officer_and_nothing_by_others() -> None:
    assert allowed(work(), OFFICER) == ["dispatch", "join", "extend", "cancel"]
    assert allowed(work(), INSPECTOR) == []


def test_a_task_of_a_role_can_be_signed_by_any_of_the_role_and_by_nobody_else() -> None:
    assert allowed(to_role(), INSPECTOR) == allowed(to_role(), OTHER) == ["sign"]
    assert allowed(to_role(), ENTERPRISE) == []
    assert allowed(to_role("enterprise"), ENTERPRISE) == ["sign"]


def test_after_signing_only_the_owner_works_on_it() -> None:
    assert allowed(signed(), INSPECTOR) == [
        "arrive", "handle", "evidence", "contribute", "report", "transfer", "request-extension",
    ]  # fmt: skip
    assert allowed(signed(), OTHER) == []
    assert allowed(signed(), OFFICER) == ["transfer", "join", "extend", "urge", "cancel"]


def test_who_worked_on_it_may_neither_verify_nor_return_nor_close_even_with_the_permission() -> None:
    both = actor("li", Role.OFFICER, "task:work", "task:verify", "task:read")
    for name in ("verify", "return"):
        why = refusal(name, reported(), both)
        assert why is not None
        assert (why.code, why.status) == ("verifier-is-handler", 403)
        assert refusal(name, reported(), OFFICER) is None
    verified = life.verified(reported(), by="zhang", note="", now=LATER).work
    assert refusal("close", verified, both) is not None
    assert refusal("close", verified, OFFICER) is None


def test_a_former_owner_does_not_verify_what_the_next_one_reported() -> None:
    handed = life.transferred(signed(), assignee="wang", name="王", reason="休假", by="li", now=LATER).work
    again = life.signed(handed, by="wang", name="王", now=LATER).work
    done = life.reported(again, by="wang", outcome="confirmed", note="", now=LATER).work
    former = actor("li", Role.OFFICER, "task:verify")
    why = refusal("verify", done, former)
    assert why is not None
    assert why.code == "verifier-is-handler"


@pytest.mark.parametrize("name", ACTIONS)
def test_without_its_permission_no_action_is_possible_whatever_the_state(name: str) -> None:
    nobody = actor("li", Role.INSPECTOR, "task:read")
    for one in (work(), to_role(), signed(), reported()):
        why = refusal(name, one, nobody)
        assert why is not None
        assert (why.code, why.status) == ("not-permitted", 403)


def test_a_refused_task_has_no_owner_and_can_be_dispatched_anew() -> None:
    given = life.dispatched(
        work(), assignee="li", name="李", role=None, due_at=None, note="", by="zhang", now=NOON
    ).work
    assert allowed(given, INSPECTOR) == ["sign", "refuse", "transfer"]
    refused = life.plain(given, "refused", by="li", reason="不在辖区", now=LATER, assignee=None).work
    assert allowed(refused, OFFICER) == ["dispatch", "extend", "cancel"]


def test_deadlines_move_later_by_people_and_earlier_by_a_rising_alarm_only() -> None:
    with pytest.raises(life.BadDeadline):
        life.extended(signed(), due_at=NOON + timedelta(hours=23), reason="x", by="zhang", now=LATER)
    with pytest.raises(life.BadDeadline):
        life.created(
            task_id=work().task.task_id, number="x", park_id=work().task.park_id, kind="inspection", title_zh="x", title_en="",
            priority=AlarmLevel.BLUE, due_at=NOON, by="zhang", now=NOON,
        )  # fmt: skip
    overdue = life.plain(signed(), "overdue", by="system", reason="", now=NOON, overdue=True).work
    longer = life.extended(overdue, due_at=NOON + timedelta(hours=48), reason="等备件", by="zhang", now=LATER).work
    assert (longer.task.overdue, longer.task.due_at) == (False, NOON + timedelta(hours=48))
    hastened = life.hastened(longer, level=AlarmLevel.RED, due_at=NOON + timedelta(hours=5), now=LATER).work
    assert (hastened.task.priority, hastened.task.due_at) == (AlarmLevel.RED, NOON + timedelta(hours=5))
    assert life.hastened(
        hastened, level=AlarmLevel.RED, due_at=NOON + timedelta(hours=9), now=LATER
    ).work.task.due_at == (NOON + timedelta(hours=5))


@pytest.mark.parametrize(
    ("rule", "level", "kind", "hours"),
    [
        ("exceedance", AlarmLevel.BLUE, None, 0),
        ("exceedance", AlarmLevel.YELLOW, "exceedance-check", 24),
        ("exceedance", AlarmLevel.ORANGE, "exceedance-check", 12),
        ("exceedance", AlarmLevel.RED, "exceedance-check", 4),
        ("offline", AlarmLevel.YELLOW, "equipment-repair", 24),
        ("AN34", AlarmLevel.YELLOW, "equipment-repair", 24),
        ("offline", AlarmLevel.BLUE, None, 0),
        ("a rule nobody has heard of", AlarmLevel.RED, "exceedance-check", 4),
    ],
)
def test_the_policy_gives_kind_and_deadline_by_rule_and_level(
    rule: str, level: AlarmLevel, kind: str | None, hours: int
) -> None:
    plan = plan_for(alarm(level, rule=rule), shipped_policy(), NOON)
    assert (plan.kind if plan else None) == kind
    if plan is not None:
        assert plan.due_at == NOON + timedelta(hours=hours)
        assert plan.assignee_role is Role.INSPECTOR


def test_every_kind_the_policy_names_is_shipped_and_is_for_alarms() -> None:
    kinds = shipped_kinds()
    assert {rule.kind for rule in shipped_policy().kind_rules} <= {
        name for name, kind in kinds.items() if kind.from_alarms
    }


def test_a_report_form_says_what_is_unknown_missing_or_of_the_wrong_type() -> None:
    kinds = shipped_kinds()
    assert form_errors(kinds["exceedance-check"].fields, {"cause": "treatment"}) == []
    wrong = form_errors(kinds["inspection"].fields, {"problems": "three", "colour": "red"})
    assert {error.where for error in wrong} == {"fields.problems", "fields.colour"}
    assert [error.where for error in form_errors(kinds["complaint"].fields, {})] == ["fields.answered"]
    assert "must be one of yes, no" in form_errors(kinds["complaint"].fields, {"answered": "perhaps"})[0].what


def test_photos_are_needed_by_urgency() -> None:
    check = shipped_kinds()["exceedance-check"]
    assert [photos_missing(check, level, 0) for level in AlarmLevel] == [0, 0, 1, 2]
    assert photos_missing(check, AlarmLevel.RED, 3) == 0


def joint() -> Work:
    """A task of li's on which wang works too."""
    return life.joined(signed(), co_workers=[CoWorker("wang", "王")], by="zhang", now=LATER).work


def test_a_co_worker_adds_evidence_and_says_what_they_did_and_the_leader_reports() -> None:
    assert allowed(joint(), OTHER) == ["evidence", "contribute"]
    assert "report" in allowed(joint(), INSPECTOR)
    assert joint().task.co_assignees == ["wang"]
    helped = life.contributed(joint(), by="wang", name="王", text="采样", now=LATER)
    assert not helped.announced
    reported_jointly = life.reported(helped.work, by="li", outcome="confirmed", note="", now=LATER).work
    why = refusal("verify", reported_jointly, actor("wang", Role.OFFICER, "task:verify"))
    assert why is not None
    assert why.code == "verifier-is-handler"


def test_a_deputy_does_what_the_absent_owner_could_and_nobody_else_does() -> None:
    deputy = Actor("wang", "王", Role.INSPECTOR, INSPECTOR.permissions, stands_for=frozenset({"li"}))
    assert allowed(signed(), deputy) == allowed(signed(), INSPECTOR)
    assert allowed(signed(), OTHER) == []


def test_a_parent_with_open_sub_tasks_is_neither_closed_nor_cancelled() -> None:
    verified = life.verified(reported(), by="zhang", note="", now=LATER).work
    for name, one in (("close", verified), ("cancel", reported())):
        why = refusal(name, one, OFFICER, Around(open_children=2))
        assert why is not None
        assert (why.code, why.status) == ("sub-tasks-open", 409)
        assert "2" in why.zh
        assert refusal(name, one, OFFICER, Around(open_children=0)) is None


def test_a_step_the_kind_needs_is_taken_before_the_report() -> None:
    check = shipped_kinds()["exceedance-check"]
    red = life.hastened(signed(), level=AlarmLevel.RED, due_at=NOON + timedelta(hours=2), now=LATER).work
    assert refusal("report", signed(), INSPECTOR, Around(check)) is None
    why = refusal("report", red, INSPECTOR, Around(check))
    assert why is not None
    assert why.code == "step-missing-arrive"
    there = life.arrived(red, by="li", place=None, now=LATER).work
    assert refusal("report", there, INSPECTOR, Around(check)) is None
    handed = life.transferred(there, assignee="wang", name="", reason="x", by="li", now=LATER).work
    again = life.signed(handed, by="wang", name="王", now=LATER).work
    assert refusal("report", again, OTHER, Around(check)) is not None, "the new owner has not been there"


def test_a_kind_verified_by_its_creator_is_verified_by_nobody_else() -> None:
    order = shipped_kinds()["supervision"]
    assert refusal("verify", reported(), OFFICER, Around(order)) is not None
    maker = actor("system", Role.OFFICER)
    assert refusal("verify", reported(), maker, Around(order)) is None


def test_a_later_deadline_is_asked_for_once_and_decided_by_another_person() -> None:
    until = NOON + timedelta(hours=60)
    asked = life.extension_requested(signed(), due_at=until, reason="等备件", by="li", now=LATER).work
    assert asked.task.extension_until == until
    assert asked.task.due_at == signed().task.due_at
    assert "request-extension" not in allowed(asked, INSPECTOR)
    both = actor("li", Role.OFFICER, "task:work", "task:dispatch")
    why = refusal("approve-extension", asked, both)
    assert why is not None
    assert why.code == "own-request"
    assert {"approve-extension", "reject-extension"} <= set(allowed(asked, OFFICER))
    granted = life.extension_approved(asked, note="", by="zhang", now=LATER).work
    assert (granted.task.due_at, granted.task.extension_until, granted.extension) == (until, None, None)
    refused = life.extension_rejected(asked, reason="不同意", by="zhang", now=LATER).work
    assert (refused.task.due_at, refused.extension) == (signed().task.due_at, None)
    assert "approve-extension" not in allowed(granted, OFFICER)
    with pytest.raises(life.BadDeadline):
        life.extension_requested(signed(), due_at=NOON + timedelta(hours=2), reason="x", by="li", now=LATER)
