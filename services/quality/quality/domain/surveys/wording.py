"""A verdict as one Chinese and one English sentence."""

from collections.abc import Mapping
from types import MappingProxyType

from park_standards.limit import Limit
from park_standards.soil import SoilRisk

from quality.domain.surveys.records import Outcome, Result, Site

RISK_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        SoilRisk.NEGLIGIBLE: ("风险可忽略", "negligible risk"),
        SoilRisk.WITHIN_BACKGROUND: ("高于筛选值但不高于背景值", "above screening, not above the background"),
        SoilRisk.SURVEY: ("超过筛选值，应开展详细调查", "above the screening value: a detailed survey is due"),
        SoilRisk.UNACCEPTABLE: (
            "超过管制值，应采取管控或修复",
            "above the control value: control or remediation is due",
        ),
    }
)
_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        Outcome.OVER: ("超过", "breaks"),
        Outcome.COMPLIANT: ("符合", "keeps"),
        Outcome.UNDECIDED: ("检出限高于限值，不能判定是否符合", "cannot be told from (detection limit above it)"),
    }
)


def sentences(site: Site, result: Result, row: Limit, limit: str, outcome: Outcome, grade: str) -> tuple[str, str]:
    """Return the verdict with site, item, value, limit, standard and clause."""
    unit = "" if result.unit == "1" else f" {result.unit}"
    limit_unit = "" if row.unit == "1" else f" {row.unit}"
    zh_word, en_word = _WORDS[outcome]
    place = " ".join(part for part in (row.standard, row.clause) if part)
    level = f" {site.category}" if site.category else ""
    grade_zh, grade_en = RISK_WORDS.get(grade, (f"{grade}类" if grade else "", f"class {grade}" if grade else ""))
    tail_zh, tail_en = (f"（{grade_zh}）", f" ({grade_en})") if grade else ("", "")
    zh = (
        f"{site.name_zh} {result.item_name_zh} {result.text}{unit}，{zh_word}限值 {limit or '（文字规定）'}{limit_unit}"
        f"{tail_zh}，依据 {place}{level}。"
    )
    en = (
        f"{site.name_en}: {result.item_name_en} {result.text}{unit} {en_word} the limit {limit or '(in words)'}{limit_unit}"
        f"{tail_en}; {place}{level}."
    )
    return zh, en
