"""One frozen settings class a service, read from `PARK_*` environment variables."""

from typing import Any, Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """What every service needs. A service subclasses it, sets `service`, and adds its own described fields."""

    model_config = SettingsConfigDict(env_prefix="PARK_", frozen=True, extra="ignore")

    service: str = Field(description="Name of the service, as in the layout; set by its class.")
    database_url: SecretStr = Field(description="Postgres URL of the service's own login role.")
    kafka_bootstrap_servers: str = Field(description="Kafka addresses, host:port separated by commas.")
    kafka_idempotence: bool = Field(
        True, description="Idempotent producer; off only for the fallback broker of the demo."
    )
    auth_secret: SecretStr = Field(
        min_length=32, description="Key that signs access tokens; the same for all services."
    )
    http_host: str = Field("127.0.0.1", description="Address the HTTP API listens on.")
    http_port: int = Field(8000, ge=0, le=65535, description="Port of the HTTP API; 0 takes a free one.")
    instance_id: str | None = Field(
        None,
        description="Stable name of this replica (pod name); a restarted replica takes its partitions back at once.",
    )
    database_pool_size: int = Field(8, ge=2, description="Most connections to Postgres at once.")
    consumer_batch_records: int = Field(
        1000, ge=1, description="Most records of a partition handled in one transaction."
    )
    log_format: Literal["json", "text"] = Field("json", description="json in production, text for reading.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level written.")
    otlp_endpoint: str | None = Field(
        None, description="OTLP/HTTP traces endpoint; without it no trace leaves the process."
    )
    trace_sample_ratio: float = Field(0.01, ge=0, le=1, description="Share of traces begun here that are sampled.")

    @property
    def schema_name(self) -> str:
        """The Postgres schema and login role: the service's name with underscores."""
        return self.service.replace("-", "_")

    def shown(self) -> dict[str, Any]:
        """Return the settings as they may be shown: secrets hidden."""
        return {name: str(value) for name, value in self.model_dump().items()}
