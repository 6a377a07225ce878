"""Texts of anomalies: sentences of every rule in both languages, figures with names."""

import re

import pytest
from anomaly_proof.measure import ROOMS
from anomaly_proof.scenario import SCENARIOS
from park_standards.anomaly.result import rules
from source_monitoring.domain.anomaly.evidence_words import EVIDENCE_WORDS, evidence_shown
from source_monitoring.domain.anomaly.findings import rule_names, said_with_unit
from source_monitoring.domain.anomaly.window import not_reported

_CHINESE = re.compile(r"[一-鿿]")
QUICK = ("AN01", "AN04", "AN07", "AN12", "AN14", "AN18", "AN24", "AN25", "AN26", "AN29", "AN33", "AN35", "AN41")


@pytest.mark.parametrize("rule_id", QUICK)
def test_what_was_seen_is_said_in_chinese_and_in_english_and_each_figure_has_a_name(rule_id: str) -> None:
    assert ROOMS  # importing them puts their scenarios on the list
    case = next(one for one in SCENARIOS if one.rule_id == rule_id).build(3)
    found = [one for one in case.judge() if one.rule_id == rule_id]
    assert found
    for one in found:
        assert _CHINESE.search(one.sentence_zh), one.sentence_zh
        assert not _CHINESE.search(one.sentence_en), one.sentence_en
        assert re.search(r"\d", one.sentence_zh), one.sentence_zh
        assert re.search(r"\d", one.sentence_en), one.sentence_en
        assert set(one.evidence) <= set(EVIDENCE_WORDS)
        assert all(_CHINESE.search(row["name_zh"]) or row["name_zh"] == "pH" for row in evidence_shown(one.evidence))


def test_every_rule_has_a_name_in_both_languages() -> None:
    for rule_id in (*rules(), "ORDER"):
        zh, en = rule_names(rule_id)
        assert _CHINESE.search(zh)
        assert not _CHINESE.search(en)


def test_the_unit_of_figures_is_said_once() -> None:
    assert said_with_unit("由 20 突变为 60", "mg/L", "单位 ") == "由 20 突变为 60 (单位 mg/L)"
    assert said_with_unit("velocity outside 5 to 30 m/s", "m/s") == "velocity outside 5 to 30 m/s"
    assert said_with_unit("pH hardly varies: 7–7.1 for 24 h", "1") == "pH hardly varies: 7–7.1 for 24 h"


def test_a_factor_that_is_lacking_is_told_by_its_name_not_its_code() -> None:
    why = not_reported("a24088", "w01018", "i99999")
    assert why.zh == "不上报非甲烷总烃、化学需氧量、i99999"
    assert "a24088" not in why.en
