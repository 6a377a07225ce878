"""Settings of task-dispatch, read from PARK_* environment variables."""

from pathlib import Path
from typing import Literal

from park_chassis.file_store.settings import FileStoreSettings
from pydantic import Field


class Settings(FileStoreSettings):
    """Everything task-dispatch can be told from outside; kinds of tasks, plans and cells are data in its tables."""

    service: Literal["task-dispatch"] = Field("task-dispatch", description="Name of the service.")
    working_calendar: Path | None = Field(
        None, description="JSON file with the park's work hours and its own exceptions from the public holidays."
    )
    document_issuer: str = Field("园区生态环境管理部门", description="Who issues printed documents (notices, records).")
    document_check_url: str = Field(
        "",
        description="What stands before a document's number in its QR code, e.g. the console's address; empty: number and hash.",
    )
    timer_poll_s: float = Field(
        1.0, gt=0, description="Pause between looks for deadlines, clocks and plans that are due, in seconds."
    )
