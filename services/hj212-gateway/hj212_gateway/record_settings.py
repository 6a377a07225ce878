"""Settings of missing records and of device clocks (`PARK_*`)."""

from datetime import time, timedelta

from park_chassis.settings import ServiceSettings
from pydantic import BaseModel, Field

from hj212_gateway.domain.clock_schedule import ClockRule
from hj212_gateway.domain.gap_states import FetchBudget, Patience
from hj212_gateway.domain.record_rhythm import DAY, HOUR, MINUTE
from hj212_gateway.gap_finder import FindingRules


class ClockRow(BaseModel):
    """One row of the clock schedule."""

    daily_at: time | None = None
    above_s: float | None = Field(None, ge=0)
    least_apart: timedelta = Field(timedelta(hours=1), gt=timedelta(0))


class RecordSettings(ServiceSettings):
    """What is expected of devices, how missing records are fetched, when clocks are set."""

    split_wait: timedelta = Field(
        timedelta(seconds=40),
        description="How long after its newest packet a split message is waited for: OverTime x (ReCount + 1).",
    )
    gap_look_back: timedelta = Field(
        timedelta(days=7), ge=timedelta(hours=1), description="Records older than this are not missed and not fetched."
    )
    gap_grace_minute: timedelta = Field(
        timedelta(minutes=15), description="A minute record is missing so long after the end of its interval."
    )
    gap_grace_hour: timedelta = Field(timedelta(minutes=30), description="The same for hourly records.")
    gap_grace_day: timedelta = Field(timedelta(hours=3), description="The same for daily records.")
    gap_every: timedelta = Field(
        timedelta(seconds=5), gt=timedelta(0), description="How often a gateway looks for gaps and for ones to fetch."
    )
    gap_settle: timedelta = Field(
        timedelta(minutes=2),
        description="A device is asked once it has been here so long and has not sent late records by itself since.",
    )
    gap_fetches: int = Field(20, ge=0, description="History commands for gaps at once; 0: gaps are only listed.")
    gap_commands_per_hour: int = Field(30, ge=1, description="History commands for gaps to one device in an hour.")
    gap_records_per_command: int = Field(60, ge=1, le=1440, description="Records asked for by one command, at most.")
    gap_tries: int = Field(6, ge=1, description="Tries without any progress until a gap is given up.")
    gap_back_off: timedelta = Field(
        timedelta(minutes=2), gt=timedelta(0), description="Wait after the first try; doubles with each further one."
    )
    gap_back_off_cap: timedelta = Field(timedelta(hours=6), description="Longest wait between two tries.")
    clock_schedule: list[ClockRow] = Field(
        [],
        description="When clocks are set (1012), as a JSON list of rows {daily_at (park time), above_s, least_apart}, e.g. "
        '[{"daily_at": "03:30", "above_s": 5}, {"above_s": 60, "least_apart": "PT1H"}]; empty: only by 1013.',
    )
    clock_set_above: timedelta | None = Field(
        None, description="Short for a row of the schedule: a clock off by more is set, at most once an hour."
    )

    def clock_rules(self) -> list[ClockRule]:
        """Return the schedule of clocks."""
        rules = [ClockRule(row.daily_at, row.above_s, row.least_apart) for row in self.clock_schedule]
        if self.clock_set_above is not None:
            rules.append(ClockRule(above_s=self.clock_set_above.total_seconds()))
        return rules

    def finding_rules(self) -> FindingRules:
        """Return when a record is missing."""
        grace = {MINUTE: self.gap_grace_minute, HOUR: self.gap_grace_hour, DAY: self.gap_grace_day}
        return FindingRules(grace, self.gap_look_back, self.gap_records_per_command)

    def fetch_budget(self) -> FetchBudget:
        """Return what fetching may cost."""
        return FetchBudget(self.gap_fetches, self.gap_commands_per_hour, self.gap_records_per_command)

    def patience(self) -> Patience:
        """Return how often and how long a gap is tried."""
        return Patience(self.gap_tries, self.gap_back_off, self.gap_back_off_cap)
