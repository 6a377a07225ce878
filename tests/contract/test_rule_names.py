"""Rules are told by the judging services, graded by alerting, made tasks by task-dispatch: by the same names."""

from alerting.domain.titles import RULE_NAMES
from task_dispatch.domain.policy import shipped_policy


def test_a_rule_that_decides_the_kind_of_a_task_is_a_rule_that_alerting_knows() -> None:
    named = {rule for kind in shipped_policy().kind_rules for rule in kind.rules}
    assert named
    assert named <= RULE_NAMES.keys(), f"nobody tells {sorted(named - RULE_NAMES.keys())}"
