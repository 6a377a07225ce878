"""Forms of what people do with an alarm."""

from typing import Literal

from park_schemas.codes import AlarmLevel
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class AcknowledgeForm(BaseModel):
    """`version`, when given, must be the alarm's present one."""

    model_config = ConfigDict(extra="forbid")
    note: str = Field("", max_length=2000)
    version: int | None = Field(None, ge=1)


class CloseForm(AcknowledgeForm):
    """Closing needs a reason."""

    reason: Literal["handled", "recovered", "false-alarm", "equipment-fault", "other"]


class AssignForm(AcknowledgeForm):
    """Who is to look after it."""

    to: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,63}$", description="A user name")


class SuppressForm(BaseModel):
    """Why it is not told, until when (at most 30 days), up to which level. The record stays whole."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=1, max_length=500)
    until: AwareDatetime
    up_to: AlarmLevel = AlarmLevel.ORANGE
    version: int | None = Field(None, ge=1)


class ReopenForm(BaseModel):
    """Opening again needs a reason."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(min_length=1, max_length=500)
    version: int | None = Field(None, ge=1)
