"""Settings of the archive, read from PARK_* environment variables."""

from typing import Literal
from uuid import UUID

from park_chassis.settings import ServiceSettings
from pydantic import Field


class Settings(ServiceSettings):
    """Everything the archive can be told from outside."""

    service: Literal["archive"] = Field("archive", description="Name of the service.")
    park_id: UUID | None = Field(
        None, description="Id of the park this deployment serves; made up at the first PUT /park when absent."
    )
    republish_on_start: bool = Field(
        False,
        description="State every record on the registry topics once at start; for brokers that forget their topics.",
    )
    import_max_bytes: int = Field(5_000_000, ge=1, description="Largest import file taken, in bytes.")
    import_max_rows: int = Field(5_000, ge=1, description="Most data rows of one import file.")
