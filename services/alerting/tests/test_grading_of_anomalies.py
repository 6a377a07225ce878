"""Anomalies become blue or yellow alarms by their severity; a graver one raises the episode, the end clears it."""

from alerting.domain.grading import grade
from alerting.domain.policy import shipped_policy
from alerting.domain.titles import titles
from alerting.testing import finding
from park_schemas.codes import AlarmLevel, Period
from park_schemas.supervision import FindingRecorded

POLICY = shipped_policy()


def anomaly(severity: str, *, rule: str = "AN04", at: float = 0) -> FindingRecorded:
    return finding(
        None, at=at, rule=rule, kind="anomaly", severity=severity, period=Period.REALTIME, verdict="violated"
    )


def test_a_warning_is_blue_and_an_alarm_yellow() -> None:
    assert grade([anomaly("warn")], POLICY) is AlarmLevel.BLUE
    assert grade([anomaly("alarm")], POLICY) is AlarmLevel.YELLOW


def test_an_anomaly_that_grows_worse_raises_its_alarm() -> None:
    assert grade([anomaly("warn"), anomaly("alarm", at=0.5)], POLICY) is AlarmLevel.YELLOW


def test_an_anomaly_does_not_become_orange_by_lasting() -> None:
    assert grade([anomaly("alarm", at=hours) for hours in range(30)], POLICY) is AlarmLevel.YELLOW


def test_the_alarm_is_called_by_the_name_of_its_rule() -> None:
    zh, en = titles(anomaly("alarm", rule="AN24"))
    assert "产污-治污联动" in zh
    assert "production and treatment interlock" in en
