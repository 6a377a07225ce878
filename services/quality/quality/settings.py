"""Settings of quality. Durations are seconds."""

from typing import Literal

from park_judging.settings import JudgingSettings
from pydantic import Field


class Settings(JudgingSettings):
    service: Literal["quality"] = Field("quality", description="Name of the service.")
