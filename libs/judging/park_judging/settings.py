"""Settings that quality and source-monitoring share."""

from datetime import timedelta

from park_chassis.settings import ServiceSettings
from pydantic import Field

from park_judging.store import Patience


class JudgingSettings(ServiceSettings):
    """How long to wait for what. Durations are seconds."""

    registry_wait_s: float = Field(5, ge=0, description="How long a frame of an unknown point waits for the registry.")
    clock_tolerance_s: float = Field(
        86_400, gt=0, description="How far a device's clock may run ahead before its times are not believed."
    )
    minute_interval_s: float = Field(
        600, gt=0, description="Length of a minute record where the records themselves do not tell."
    )
    realtime_interval_s: float = Field(
        30, gt=0, description="Time between realtime values where the values themselves do not tell."
    )
    closing_interval_s: float = Field(2, gt=0, description="How often finished hours and days are looked for.")
    closing_grace_s: float = Field(
        60, ge=0, description="How far a point's data must be past the end of an hour or day before it is computed."
    )
    closing_settle_s: float = Field(
        3, ge=0, description="How long late data must have been quiet before a period is computed anew."
    )
    closing_silence_s: float = Field(
        900, gt=0, description="How long a silent point's last hour waits for more before it is computed."
    )
    missing_after_s: float = Field(
        7200, gt=0, description="How long a point may send nothing before its data is found missing."
    )
    missing_check_interval_s: float = Field(30, gt=0, description="How often points without data are looked for.")
    offline_after_s: float = Field(
        3600, gt=0, description="How long a device may be offline before that is a finding (practice: 60 min)."
    )
    offline_check_interval_s: float = Field(5, gt=0, description="How often absent devices are looked for.")

    @property
    def clock_tolerance(self) -> timedelta:
        return timedelta(seconds=self.clock_tolerance_s)

    @property
    def minute_interval(self) -> timedelta:
        return timedelta(seconds=self.minute_interval_s)

    @property
    def patience(self) -> Patience:
        return Patience(
            grace=timedelta(seconds=self.closing_grace_s),
            settle=timedelta(seconds=self.closing_settle_s),
            silence=timedelta(seconds=self.closing_silence_s),
        )
