"""One sample of a manual campaign is called a sample, a day's mean a daily mean."""

from datetime import timedelta

import msgspec
from alerting.domain.titles import titles
from alerting.testing import finding
from park_schemas.codes import Period


def test_a_single_sample_is_not_called_a_daily_mean() -> None:
    mean = finding(1.7, rule="exceedance", period=Period.DAY, verdict="violated")
    mean = msgspec.structs.replace(mean, period_end=mean.period_start + timedelta(days=1))
    sample = msgspec.structs.replace(mean, period_end=mean.period_start)
    assert "日均值超标" in titles(mean)[0]
    assert "采样结果超标" in titles(sample)[0]
    assert "sample over the limit" in titles(sample)[1]
