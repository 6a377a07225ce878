"""Settings of source-monitoring. Durations are seconds."""

from typing import Literal

from park_judging.settings import JudgingSettings
from pydantic import Field


class Settings(JudgingSettings):
    service: Literal["source-monitoring"] = Field("source-monitoring", description="Name of the service.")
    offline_after_s: float = Field(
        3600, gt=0, description="How long a device may be offline before that is a finding (practice: 60 min)."
    )
    offline_check_interval_s: float = Field(5, gt=0, description="How often silent devices are looked for.")
