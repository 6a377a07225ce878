"""Settings of sharing-exchange, from `PARK_*` environment variables."""

from datetime import timedelta

from park_chassis.settings import ServiceSettings
from pydantic import Field


class Settings(ServiceSettings):
    service: str = Field("sharing-exchange", description="Name of the service; not changed.")
    readings_retention: timedelta = Field(
        timedelta(days=30), gt=timedelta(days=1), description="How long readings can be pulled."
    )
    deliveries_retention: timedelta = Field(
        timedelta(days=365), description="How long the record of what was pulled is kept."
    )
    most_records: int = Field(1000, ge=1, le=5000, description="Most records of one page.")
