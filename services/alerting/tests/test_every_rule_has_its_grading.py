"""Every rule that a judging service tells has its title and its grading, so that none falls to the entry for all others.

The names are collected from the code of the judging services (what they hand to their builders of findings) and from the rows
of their READMEs that say what they write.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alerting.domain.grading import grade
from alerting.domain.policy import shipped_policy
from alerting.domain.policy_checks import contradictions
from alerting.domain.titles import RULE_NAMES
from alerting.testing import finding
from park_schemas.codes import AlarmLevel, Medium, Period
from park_standards.anomaly.result import rules

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = ("services/source-monitoring/source_monitoring", "services/quality/quality", "libs/judging/park_judging")
READMES = ("services/source-monitoring/README.md", "services/quality/README.md")
POLICY = shipped_policy()

RULE_ARGUMENT = {"point_finding": 1, "Held": 0, "subject_finding": 1}
"""Builders of findings, and which of their positional arguments is the rule."""
_RULE = re.compile(r"[a-z][a-z-]*[a-z]|AN\d\d|ORDER")


def told_rules() -> set[str]:
    """Return the names of the rules that the judging services tell."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for place in PACKAGES for path in (ROOT / place).rglob("*.py")]
    constants = {name: text for tree in trees for name, text in _constants(tree)}
    named = {constants.get(one, one) for tree in trees for one in _given_rules(tree)}
    written = set()
    for readme in READMES:
        row = next(
            line
            for line in (ROOT / readme).read_text(encoding="utf-8").splitlines()
            if "`supervision.findings.v1` (" in line
        )
        inside = re.search(r"`supervision\.findings\.v1` \(([^)]*)\)", row)
        assert inside is not None, f"{readme} does not say which rules it tells"
        written |= set(re.findall(r"`([^`]+)`", inside[1]))
    return {one for one in named | written if _RULE.fullmatch(one)} | set(rules())


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        for target in node.targets:
            names, values = (
                (target.elts, node.value.elts)
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                else ([target], [node.value])
            )
            for name, value in zip(names, values, strict=True):
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield name.id, value.value


def _given_rules(tree: ast.Module) -> Iterator[str]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        called = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        given = [one.value for one in call.keywords if one.arg == "rule"]
        place = RULE_ARGUMENT.get(called)
        if place is not None and len(call.args) > place:
            given.append(call.args[place])
        for one in given:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value
            elif isinstance(one, ast.Name) and one.id.isupper():
                yield one.id
            elif isinstance(one, ast.Attribute) and one.attr.isupper():
                yield one.attr


TOLD = sorted(told_rules())
WITHOUT_ROW = {
    "exceedance": {Medium.SOIL, Medium.ODOUR},
    "water-class": set(Medium) - {Medium.SURFACE_WATER},
}
"""The warning levels say nothing of soil and odour; only surface water has a class."""


def test_the_collection_finds_what_is_known_to_be_told() -> None:
    assert {"exceedance", "offline", "missing-data", "water-class", "mark-cap", "total-control", "AN46"} <= set(TOLD)


@pytest.mark.parametrize("rule", TOLD)
def test_a_rule_that_is_told_has_a_title_in_both_languages(rule: str) -> None:
    zh, en = RULE_NAMES[rule]
    assert zh != rule
    assert en != rule


@pytest.mark.parametrize("rule", TOLD)
@pytest.mark.parametrize("medium", Medium)
def test_a_rule_that_is_told_is_graded_by_an_entry_that_names_it(rule: str, medium: Medium) -> None:
    entry = POLICY.entry_for(finding(None, rule=rule, medium=medium, verdict="violated"))
    if medium in WITHOUT_ROW.get(rule, ()):
        assert entry.name == "any-other"
    else:
        assert rule in entry.rules


def test_the_shipped_policy_does_not_contradict_itself() -> None:
    assert contradictions(POLICY) == []


BLUE, YELLOW, ORANGE, RED = AlarmLevel


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ({"rule": "total-control", "ratio": 0.8}, BLUE),
        ({"rule": "total-control", "ratio": 0.9}, YELLOW),
        ({"rule": "total-control", "ratio": 1.0}, ORANGE),
        ({"rule": "total-control", "ratio": 1.1}, RED),
        ({"rule": "total-pace", "ratio": 1.2}, YELLOW),
        ({"rule": "total-pace", "ratio": 2.5}, YELLOW),
        ({"rule": "water-class", "ratio": 2.0, "medium": Medium.SURFACE_WATER}, BLUE),
        ({"rule": "water-class", "ratio": 3.0, "medium": Medium.SURFACE_WATER}, ORANGE),
        ({"rule": "sudden-change", "ratio": 1.4, "medium": Medium.SURFACE_WATER}, YELLOW),
        ({"rule": "sudden-change", "ratio": 1.4, "medium": Medium.AMBIENT_AIR}, BLUE),
        ({"rule": "exceedance", "ratio": 1.1, "medium": Medium.RAIN_WATER, "factor": "w01018"}, YELLOW),
        ({"rule": "exceedance", "ratio": 1.2, "medium": Medium.GROUNDWATER, "factor": "w20115",
          "observed": "0.02", "unit": "mg/L"}, RED),
        ({"rule": "exceedance", "ratio": 1.05, "medium": Medium.NOISE}, BLUE),
        ({"rule": "transmission", "severity": "warn"}, BLUE),
        ({"rule": "transmission", "severity": "alarm"}, YELLOW),
        ({"rule": "transmission", "severity": "serious"}, ORANGE),
        ({"rule": "missing-data"}, BLUE),
        ({"rule": "AN11", "severity": "warn"}, BLUE),
        ({"rule": "AN01", "severity": "warn"}, YELLOW),
        ({"rule": "AN34", "severity": "warn"}, YELLOW),
        ({"rule": "AN24", "severity": "alarm"}, ORANGE),
        ({"rule": "AN29", "severity": "alarm"}, ORANGE),
        ({"rule": "qaqc-due"}, BLUE),
        ({"rule": "qaqc-overdue"}, YELLOW),
        ({"rule": "manual-overdue"}, BLUE),
        ({"rule": "card-balance", "ratio": 0.9}, YELLOW),
    ],
)  # fmt: skip
def test_the_rows_of_the_warning_levels_are_the_gradings(facts: dict[str, object], level: AlarmLevel) -> None:
    given = dict(facts)
    ratio = given.pop("ratio", None)
    one = finding(ratio, verdict="violated", period=Period.REALTIME, **given)  # type: ignore[arg-type]

    assert grade([one], POLICY) is level
