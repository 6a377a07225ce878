"""Settings of quality. Durations are seconds."""

from typing import Literal

from park_judging.settings import JudgingSettings
from pydantic import Field


class Settings(JudgingSettings):
    service: Literal["quality"] = Field("quality", description="Name of the service.")
    regional_stations: int = Field(
        3,
        ge=2,
        description="So many stations of a medium over the limit of one factor in the same hour are a regional event.",
    )
    long_results_interval_s: float = Field(60, gt=0, description="How often months that are over are looked for.")
    rejudging_poll_s: float = Field(2, gt=0, description="How often periods to be judged again are looked for.")
    import_max_bytes: int = Field(5_000_000, ge=1, description="Largest import file of surveys taken, in bytes.")
    import_max_rows: int = Field(5_000, ge=1, description="Most data rows of one import file of surveys.")
