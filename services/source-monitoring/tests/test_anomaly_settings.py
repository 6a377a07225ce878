"""Settings of an outlet: every mistake is told with its place; what a rule lacks makes it not applicable, with the reason."""

from datetime import UTC, datetime, timedelta

from park_judging.domain.applied_limits import compile_limits
from park_judging.testing import factor, limit, point
from park_schemas.codes import Medium
from park_standards.anomaly.catalogue import RULES
from source_monitoring.domain.anomaly.judging import judge, needed
from source_monitoring.domain.anomaly.parameter_kinds import COMMON, OF_RULE, kind_of
from source_monitoring.domain.anomaly.rule_table import EVERY, PARAMETERS, RULE_RUNS, Cadence
from source_monitoring.domain.anomaly.rule_words import BASES, RULE_WORDS
from source_monitoring.domain.anomaly.settings import OutletSettings, RuleSetting, SignalSource, mistakes
from source_monitoring.domain.anomaly.window import Column, Grid, PointReadings, Window
from source_monitoring.domain.reductions.order_rule import RULE_ID as ORDER

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


def window(settings: OutletSettings, columns: dict[Grid, dict[tuple[str, str], Column]] | None = None) -> Window:
    outlet = point(
        limit("a21002", upper="150", unit="mg/m3", basis="converted"), medium=Medium.WASTE_GAS,
        factors=[factor("a21002", "mg/m3"), factor("a19001", "%")],
    )  # fmt: skip
    own = PointReadings(compile_limits(outlet), columns or {})
    return Window(own=own, settings=settings, since=NOW - timedelta(hours=1), until=NOW, now=NOW)


def test_all_46_rules_of_the_library_have_their_row_and_nothing_else_but_orders() -> None:
    assert set(RULE_RUNS) == set(RULES) | {ORDER}


def test_every_rule_is_either_on_the_stream_or_has_a_judge() -> None:
    assert all((run.judge is None) == (run.cadence is Cadence.STREAM) for run in RULE_RUNS.values())


def test_good_settings_have_no_mistakes() -> None:
    settings = OutletSettings(
        rules={"AN12": RuleSetting(parameters={"highest": "18.5"}), "AN10": RuleSetting(enabled=False, reason="批次生产")},
        signals={"production": [SignalSource(factor="z1", rated="400")], "analyser/a21002": [SignalSource(factor="s1")]},
        facts={
            "range/a21002": "300", "baseline_oxygen": "3.5", "furnace_kind": "msw", "calibration_times": "03:00, 15:30",
            "filed/a21002:i13008": "0.8~1.2",
        },
    )  # fmt: skip
    assert mistakes(settings, PARAMETERS) == []


def test_every_mistake_is_told_with_its_place() -> None:
    settings = OutletSettings(
        rules={
            "AN99": RuleSetting(), "AN10": RuleSetting(enabled=False),
            "AN12": RuleSetting(parameters={"hihgest": "18", "highest": "eighteen"}),
        },
        signals={"producton": [SignalSource(factor="z1")], "analyser": [], "load": [SignalSource(factor="z", rated="0")]},
        facts={
            "range": "300", "baseline_oxygen/a21002": "3", "design_flow": "NaN", "furnace_kind": "coal", "colour": "1",
            "calibration_times": "3pm", "filed/x": "1-2",
        },
    )  # fmt: skip
    assert {one.where for one in mistakes(settings, PARAMETERS)} == {
        "rules.AN99", "rules.AN10.reason", "rules.AN12.parameters.hihgest", "rules.AN12.parameters.highest",
        "signals.producton", "signals.analyser", "signals.load.0.rated", "facts.range", "facts.baseline_oxygen/a21002",
        "facts.design_flow", "facts.furnace_kind", "facts.colour", "facts.calibration_times", "facts.filed/x",
    }  # fmt: skip


def test_a_rule_without_what_it_needs_is_not_applicable_and_says_what_is_missing() -> None:
    outcomes = {(one.rule_id, one.factor): one for cadence in EVERY for one in judge(window(OutletSettings()), cadence)}
    reasons = {key: outcome.reason_zh for key, outcome in outcomes.items() if outcome.state == "not-applicable"}
    assert reasons["AN24", ""] == "未接入生产设施用电或工况信号"
    assert reasons["AN04", "a21002"] == "未备案量程"
    assert reasons["AN14", "a21002"] == "未备案基准氧含量"
    assert reasons["AN18", ""] == "不适用于该类排口"
    assert reasons["AN35", "a21002"] == "没有手工监测结果"
    assert not any(one.state == "failed" for one in outcomes.values())


def test_a_rule_that_is_switched_off_says_why_and_finds_nothing() -> None:
    settings = OutletSettings(rules={"AN02": RuleSetting(enabled=False, reason="间歇排放")})
    (outcome,) = [one for one in judge(window(settings), Cadence.HOURLY) if one.rule_id == "AN02"]
    assert (outcome.state, outcome.reason_zh) == ("switched-off", "间歇排放")


def test_a_number_against_all_sense_fails_one_rule_only_and_says_so() -> None:
    settings = OutletSettings(facts={"baseline_oxygen": "25"}, rules={"AN14": RuleSetting(parameters={"least": "1"})})
    at = int((NOW - timedelta(minutes=30)).timestamp() * 1000)
    columns = {
        Grid.REALTIME: {
            ("a21002", "Rtd"): Column([at], [80.0], ["N"]), ("a21002", "ZsRtd"): Column([at], [85.0], ["N"]),
            ("a19001", "Rtd"): Column([at], [4.0], ["N"]),
        }
    }  # fmt: skip
    outcomes = judge(window(settings, columns), Cadence.HOURLY)
    failed = [one for one in outcomes if one.state == "failed"]
    assert [one.rule_id for one in failed] == ["AN14"]
    assert "规则运行失败" in failed[0].reason_zh


def test_only_what_some_rule_looks_at_is_read() -> None:
    usual = needed(Cadence.HOURLY, OutletSettings(), Medium.WASTE_GAS)
    furnace = needed(Cadence.HOURLY, OutletSettings(facts={"furnace_kind": "msw"}), Medium.WASTE_GAS)
    assert usual[Grid.REALTIME] < timedelta(hours=6)
    assert furnace[Grid.REALTIME] > timedelta(hours=24)


def test_every_rule_and_every_parameter_has_its_words_in_both_languages() -> None:
    assert set(RULE_WORDS) == set(RULE_RUNS)
    assert {one.basis for one in RULE_WORDS.values()} == set(BASES)
    for run in RULE_RUNS.values():
        for name, default in run.parameters.items():
            kind = kind_of(run.rule_id, name)
            assert kind.name_zh
            assert kind.name_en
            assert kind.refusal(default) is None, (
                f"{run.rule_id} {name}: the default {default} is outside its own bounds"
            )
    assert all(any(name in run.parameters for run in RULE_RUNS.values()) for name in COMMON)
    assert all(name in RULE_RUNS[rule_id].parameters for rule_id, name in OF_RULE)


def test_a_parameter_outside_its_bounds_or_not_whole_is_a_mistake() -> None:
    settings = OutletSettings(
        rules={"AN12": RuleSetting(parameters={"highest": "99"}), "AN40": RuleSetting(parameters={"nights": "2.5"})}
    )
    assert {one.where for one in mistakes(settings, PARAMETERS)} == {
        "rules.AN12.parameters.highest", "rules.AN40.parameters.nights",
    }  # fmt: skip


def test_what_a_rule_lacks_says_where_it_can_be_put() -> None:
    outcomes = judge(window(OutletSettings()), Cadence.TEN_MINUTES)
    needs = {one.rule_id: one.needs for one in outcomes if one.state == "not-applicable"}
    assert needs["AN24"] == "signals.production"
    hourly = {one.rule_id: one.needs for one in judge(window(OutletSettings()), Cadence.HOURLY)}
    assert hourly["AN35"] == "records.manual-result"
