"""What an alarm is called: the kind of value, and how far in a figure people know."""

from datetime import timedelta

import msgspec
from alerting.domain.titles import titles
from alerting.testing import finding
from park_schemas.codes import Medium, Period


def test_a_single_sample_is_not_called_a_daily_mean() -> None:
    mean = finding(1.7, rule="exceedance", period=Period.DAY, verdict="violated")
    mean = msgspec.structs.replace(mean, period_end=mean.period_start + timedelta(days=1))
    sample = msgspec.structs.replace(mean, period_end=mean.period_start)
    assert "日均值超标" in titles(mean)[0]
    assert "采样结果超标" in titles(sample)[0]
    assert "sample over the limit" in titles(sample)[1]


def test_a_level_of_noise_is_told_in_decibels_over_not_as_a_multiple_or_a_mean() -> None:
    level = msgspec.structs.replace(
        finding(1.045, rule="exceedance", period=Period.DAY, verdict="violated"),
        medium=Medium.NOISE, factor="Ld", factor_name_zh="昼间等效声级", factor_name_en="Daytime equivalent sound level",
        observed="57.5", limit="55", unit="dB(A)",
    )  # fmt: skip
    zh, en = titles(level)
    assert "昼间等效声级超标(超出2.5 dB(A))" in zh
    assert en.endswith("Daytime equivalent sound level over the limit (2.5 dB(A) over)")
    assert "均值" not in zh
    assert "(" not in titles(msgspec.structs.replace(level, limit="45-55"))[0].partition("超标")[2]


def test_only_a_ratio_that_people_know_stands_in_a_title() -> None:
    known = {
        "exceedance": "为限值的1.20倍", "total-control": "已用许可量的120%", "card-balance": "已用充值量的120%",
        "total-pace": "为线性进度的120%",
    }  # fmt: skip
    for rule, words in known.items():
        assert words in titles(finding(1.2, rule=rule, verdict="violated"))[0]
    for rule in ("sudden-change", "implausible-value", "regional-event"):
        zh, en = titles(finding(1.2, rule=rule, verdict="violated"))
        assert "1.2" not in zh + en
        assert "均值" not in zh
