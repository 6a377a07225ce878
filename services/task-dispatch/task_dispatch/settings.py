"""Settings of task-dispatch, read from PARK_* environment variables."""

from pathlib import Path
from typing import Literal

from park_chassis.settings import ServiceSettings
from pydantic import Field


class Settings(ServiceSettings):
    """Everything task-dispatch can be told from outside; kinds of tasks and the policy are data of the package."""

    service: Literal["task-dispatch"] = Field("task-dispatch", description="Name of the service.")
    evidence_dir: Path = Field(
        description="Folder of the evidence files, shared by all replicas; files are named by their SHA-256."
    )
    evidence_max_bytes: int = Field(15_000_000, ge=1, description="Largest photo taken, in bytes.")
    evidence_max_pixels: int = Field(60_000_000, ge=1, description="Largest photo taken, width x height.")
    timer_poll_s: float = Field(
        1.0, gt=0, description="Pause between looks for deadlines that have passed, in seconds."
    )
