"""Quiet hours as forms."""

from datetime import time
from typing import Literal

from park_schemas.codes import AlarmLevel
from pydantic import BaseModel, ConfigDict, Field

from alerting.domain.quiet_hours import QuietHours


class QuietForm(BaseModel):
    """Every day from `start` to before `end` (wall time of the park) nothing below `override_from` goes by `channel`."""

    model_config = ConfigDict(extra="forbid")
    start: time
    end: time
    channel: Literal["all", "email", "sms", "wecom", "dingtalk", "feishu"] = "all"
    override_from: AlarmLevel = Field(AlarmLevel.RED, description="From this level on it is told all the same.")


def quiet_of(forms: list[QuietForm]) -> list[QuietHours]:
    """Return the forms as quiet hours; a time zone someone typed is left out, times are the park's."""
    return [
        QuietHours(one.start.replace(tzinfo=None), one.end.replace(tzinfo=None), one.channel, one.override_from)
        for one in forms
    ]
