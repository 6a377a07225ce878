"""Settings of alerting, read from PARK_* environment variables."""

from typing import Literal

from park_chassis.settings import ServiceSettings
from pydantic import Field, SecretStr


class Settings(ServiceSettings):
    """Everything alerting can be told from outside; how alarms are graded is data in its database, not a setting."""

    service: Literal["alerting"] = Field("alerting", description="Name of the service.")
    webhook_allow_private: bool = Field(
        False, description="Let webhooks go to private and loopback addresses (a park's own network, the demo, tests)."
    )
    webhook_timeout_s: float = Field(5.0, gt=0, le=60, description="Longest wait for a webhook receiver, in seconds.")
    webhook_concurrency: int = Field(8, ge=1, le=64, description="Most webhook calls of one replica at once.")
    webhook_poll_s: float = Field(0.5, gt=0, description="Pause between looks for due webhook deliveries, in seconds.")
    timer_poll_s: float = Field(1.0, gt=0, description="Pause between looks for due timers, in seconds.")
    notify_poll_s: float = Field(0.3, gt=0, description="Pause between looks for notifications to tell, in seconds.")
    notify_window_s: float = Field(
        60.0, ge=0, description="Within so many seconds a person is told of one enterprise once (unless it gets worse)."
    )
    notify_wait_s: float = Field(
        0.5, ge=0, le=10, description="A first message waits so many seconds for others of its group."
    )
    message_concurrency: int = Field(8, ge=1, le=64, description="Most e-mails, SMS and chat messages sent at once.")
    message_poll_s: float = Field(0.5, gt=0, description="Pause between looks for due messages, in seconds.")
    message_timeout_s: float = Field(
        10.0, gt=0, le=60, description="Longest wait for a mail server or provider, in seconds."
    )
    secrets_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys for secrets at rest: base64 of 32 bytes each, comma between; the first seals. Empty: derived.",
    )
    public_url: str = Field("", description="Where people open the console; messages link to an alarm there.")
    circumstances_poll_s: float = Field(60.0, gt=0, description="Pause between looks at wind and map, in seconds.")
