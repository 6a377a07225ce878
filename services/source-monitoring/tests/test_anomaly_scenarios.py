"""The short form of the proof: on simulated outlets with known faults these rules find at least nine of ten."""

import pytest
from anomaly_proof.clean import KINDS, clean_runs
from anomaly_proof.drawing import Drawing, below
from anomaly_proof.measure import counts, measure
from anomaly_proof.scenario import SCENARIOS
from anomaly_proof.table import table
from source_monitoring.domain.anomaly.rule_table import RULE_RUNS

QUICK = (
    "AN02",
    "AN03",
    "AN04",
    "AN05",
    "AN07",
    "AN11",
    "AN12",
    "AN13",
    "AN15",
    "AN18",
    "AN24",
    "AN29",
    "AN33",
    "AN35",
    "AN39",
    "AN45",
)


def test_every_rule_has_a_scenario() -> None:
    assert {one.rule_id for one in SCENARIOS} == set(RULE_RUNS)


@pytest.mark.parametrize("rule_id", QUICK)
def test_a_rule_finds_what_was_done_in_its_scenario(rule_id: str) -> None:
    score = measure([11], frozenset({rule_id}))[rule_id]
    assert score.events >= 1
    assert score.recall >= 0.9, f"{rule_id} found {score.hit} of {score.events}"
    assert score.precision is None or score.precision >= 0.8


def test_an_ordinary_week_of_a_water_outlet_gives_hardly_any_anomaly() -> None:
    (run,) = clean_runs(1, 5, 3, kinds=KINDS[:1])
    assert sum(run.counts().values()) <= 2, run.found


def test_the_table_names_every_rule() -> None:
    drawing = Drawing(
        seeds=(1,), counts=counts(measure([1], frozenset({"AN29"}))), clean_false={"AN29": 1}, clean_days=30
    )
    text = table([drawing, drawing], None)
    assert all(f"| {rule_id} |" in text for rule_id in RULE_RUNS)
    assert "| AN29 | 参数篡改 | parameter tampering | hourly | 8 | 1.00 | 1.00 | 1.00 | 0.033 | 0 |" in text
    assert below([drawing], 1.01) == ["AN29"]
    assert below([drawing], 0.9) == []
