"""Who may do what when: the table of actions, and that verification is another person's."""

from datetime import timedelta

import pytest
from park_schemas.codes import AlarmLevel, Role
from task_dispatch.domain import life
from task_dispatch.domain.actions import ACTIONS, allowed, refusal
from task_dispatch.domain.kinds import form_errors, photos_missing, shipped_kinds
from task_dispatch.domain.policy import plan_for, shipped_policy
from task_dispatch.domain.work import Work
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
    assert allowed(work(), OFFICER) == ["dispatch", "extend", "cancel"]
    assert allowed(work(), INSPECTOR) == []


def test_a_task_of_a_role_can_be_signed_by_any_of_the_role_and_by_nobody_else() -> None:
    assert allowed(to_role(), INSPECTOR) == allowed(to_role(), OTHER) == ["sign"]
    assert allowed(to_role(), ENTERPRISE) == []
    assert allowed(to_role("enterprise"), ENTERPRISE) == ["sign"]


def test_after_signing_only_the_owner_works_on_it() -> None:
    assert allowed(signed(), INSPECTOR) == ["arrive", "evidence", "report", "transfer"]
    assert allowed(signed(), OTHER) == []
    assert allowed(signed(), OFFICER) == ["transfer", "extend", "urge", "cancel"]


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
    assert form_errors(kinds["exceedance-check"], {"cause": "treatment"}) == []
    wrong = form_errors(kinds["inspection"], {"problems": "three", "colour": "red"})
    assert {error.where for error in wrong} == {"fields.problems", "fields.colour"}
    assert [error.where for error in form_errors(kinds["complaint"], {})] == ["fields.answered"]
    assert "must be one of yes, no" in form_errors(kinds["complaint"], {"answered": "perhaps"})[0].what


def test_photos_are_needed_by_urgency() -> None:
    check = shipped_kinds()["exceedance-check"]
    assert [photos_missing(check, level, 0) for level in AlarmLevel] == [0, 0, 1, 2]
    assert photos_missing(check, AlarmLevel.RED, 3) == 0
