"""Settings of the gateway (`PARK_*`)."""

from datetime import timedelta
from pathlib import Path
from typing import Self

from hj212 import SessionSettings
from pydantic import Field, SecretStr, field_validator, model_validator

from hj212_gateway.domain.command_states import NEEDS_APPROVAL
from hj212_gateway.domain.networks import parse_networks
from hj212_gateway.record_settings import RecordSettings


class Settings(RecordSettings):
    """The gateway's own settings beside those of every service."""

    service: str = Field("hj212-gateway", description="Name of the service.")
    hj212_host: str = Field("127.0.0.1", description="Address data loggers connect to.")
    hj212_port: int = Field(9212, ge=0, le=65535, description="TCP port data loggers connect to; 0 takes a free one.")
    hj212_reuse_port: bool = Field(
        False,
        description="Several processes on one machine listen on the same port (SO_REUSEPORT), the kernel spreads.",
    )
    hj212_tls_port: int | None = Field(None, ge=0, le=65535, description="TLS port beside it; absent: none.")
    hj212_tls_certificate: Path | None = Field(None, description="Certificate chain (PEM) of the TLS port.")
    hj212_tls_key: Path | None = Field(None, description="Private key (PEM) of the TLS port.")
    allowed_networks: list[str] = Field(
        [], description="Networks that may connect, as a JSON list of CIDR; empty: every network."
    )
    proxy_networks: list[str] = Field(
        [], description="Load balancers whose connections begin with a PROXY v2 header, as a JSON list of CIDR."
    )
    strangers_per_minute: int = Field(
        120, ge=1, description="Frames of a source without a registered device that are kept; more are only counted."
    )
    max_connections: int = Field(12_000, ge=1, description="Connections held at once; more are closed and counted.")
    max_waiting_bytes: int = Field(
        64 * 1024 * 1024,
        ge=1024,
        description="Record bytes waiting to be durable before connections are no longer read.",
    )
    spool_dir: Path | None = Field(
        None, description="Folder for what waits while Kafka is away; absent: frames then wait unanswered."
    )
    spool_max_bytes: int = Field(4 * 1024**3, ge=1024 * 1024, description="Bound of the spool on the disk.")
    spool_after: timedelta = Field(
        timedelta(seconds=3), description="A batch unanswered by Kafka this long turns the gateway to its spool."
    )
    evidence_max_bytes: int = Field(
        64 * 1024 * 1024, ge=1024 * 1024, description="Frames waiting for their evidence block while Postgres is away."
    )
    evidence_kept_for: timedelta = Field(
        timedelta(days=3 * 366),
        description="Evidence older than this is dropped, whole blocks; PT0S keeps it for ever.",
    )
    transcripts_kept_for: timedelta = Field(
        timedelta(days=3 * 366),
        description="Transcripts of commands that ended longer ago are dropped; PT0S keeps them for ever.",
    )
    evidence_folder: Path | None = Field(
        None, description="Folder where a sealed package of what is dropped is written first; absent: none."
    )
    evidence_signing_key: Path | None = Field(
        None, description="Ed25519 private key (PEM) that signs sealed packages; absent: they are not signed."
    )
    over_time: timedelta = Field(
        timedelta(seconds=10), description="A command is sent again when a device has not answered so long (OverTime)."
    )
    resends: int = Field(3, ge=0, le=99, description="How often it is sent again (ReCount).")
    edition_over_time: dict[str, timedelta] = Field(
        {}, description='OverTime of devices of one edition, as JSON, e.g. {"2025": "PT30S"} for NB-IoT links.'
    )
    edition_resends: dict[str, int] = Field({}, description="ReCount of devices of one edition, as JSON.")
    command_lease: timedelta = Field(
        timedelta(seconds=30),
        description="A command whose gateway has not been heard of so long is taken up by another.",
    )
    old_password_for: timedelta = Field(
        timedelta(hours=1), description="After a device has taken a new password (1072) the old one passes so long."
    )
    old_key_for: timedelta = Field(
        timedelta(minutes=3),
        description="After the first frame under a new key (1014) the old one opens what is sent again so long; "
        "default: NB-IoT, OverTime x (ReCount + 1).",
    )
    hide_new_keys: bool = Field(
        True, description="1014 is encrypted with the key in force; false: in clear, as everything else to a device."
    )
    secrets_keys: SecretStr = Field(
        SecretStr(""),
        description="Keys for secrets at rest: base64 of 32 bytes each, comma between; the first seals. Empty: derived.",
    )
    approval_commands: list[str] = Field(
        list(NEEDS_APPROVAL), description="Commands (CN) that a second person has to approve, as a JSON list."
    )
    idle_after: timedelta = Field(timedelta(hours=2), description="A connection that says nothing this long is closed.")
    silence_reports: int = Field(
        3,
        ge=1,
        description="A device is offline when this many realtime reports in a row, and a minute, have not come.",
    )
    unknown_kept: int = Field(
        5_000,
        ge=10,
        description="Unknown devices kept for the list; those not heard for longest are dropped and counted.",
    )
    rejected_kept: int = Field(
        20_000, ge=100, description="Rejected frames kept for the list; Kafka holds all of them."
    )

    def session_settings(self, edition: str) -> SessionSettings:
        """Return timeout and resends of commands to devices of an edition."""
        over_time = self.edition_over_time.get(edition, self.over_time)
        return SessionSettings(over_time.total_seconds(), self.edition_resends.get(edition, self.resends))

    @field_validator("allowed_networks", "proxy_networks")
    @classmethod
    def _are_networks(cls, texts: list[str]) -> list[str]:
        parse_networks(texts)
        return texts

    @model_validator(mode="after")
    def _tls_is_whole(self) -> Self:
        if self.hj212_tls_port is not None and (self.hj212_tls_certificate is None or self.hj212_tls_key is None):
            raise ValueError("PARK_HJ212_TLS_PORT needs PARK_HJ212_TLS_CERTIFICATE and PARK_HJ212_TLS_KEY")
        return self
