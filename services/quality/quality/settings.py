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
