"""Settings of the gateway (`PARK_*`)."""

from datetime import timedelta

from park_chassis.settings import ServiceSettings
from pydantic import Field


class Settings(ServiceSettings):
    """The gateway's own settings beside those of every service."""

    service: str = Field("hj212-gateway", description="Name of the service.")
    hj212_host: str = Field("127.0.0.1", description="Address data loggers connect to.")
    hj212_port: int = Field(9212, ge=0, le=65535, description="TCP port data loggers connect to; 0 takes a free one.")
    max_connections: int = Field(12_000, ge=1, description="Connections held at once; more are closed and counted.")
    max_waiting_bytes: int = Field(
        64 * 1024 * 1024, ge=1024, description="Record bytes waiting for Kafka before connections are no longer read."
    )
    idle_after: timedelta = Field(timedelta(hours=2), description="A connection that says nothing this long is closed.")
    silence_reports: int = Field(
        3,
        ge=1,
        description="A device is offline when this many realtime reports in a row, and a minute, have not come.",
    )
    rejected_kept: int = Field(
        20_000, ge=100, description="Rejected frames kept for the list; Kafka holds all of them."
    )
