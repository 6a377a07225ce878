"""Settings of api-gateway, from `PARK_*` environment variables."""

from datetime import timedelta
from uuid import UUID

from park_chassis.settings import ServiceSettings
from pydantic import Field

from api_gateway.domain.lockout import LockoutPolicy
from api_gateway.domain.passwords import PasswordPolicy


class Settings(ServiceSettings):
    """The addresses of the other services come from PARK_SERVICES_<NAME>_URL (see park_chassis.peers)."""

    service: str = Field("api-gateway", description="Name of the service; not changed.")
    park_id: UUID | None = Field(None, description="The park this deployment serves; goes into every access token.")
    access_lifetime: timedelta = Field(
        timedelta(minutes=15), description="How long an access token is valid; it cannot be withdrawn earlier."
    )
    session_lifetime: timedelta = Field(
        timedelta(hours=24), description="How long a session can be refreshed before a new sign-in."
    )
    password_minimum_length: int = Field(10, ge=8, description="Shortest password that is taken.")
    password_maximum_age: timedelta = Field(
        timedelta(days=90), description="Older passwords must be changed before anything else."
    )
    lockout_failures: int = Field(5, ge=1, description="Wrong passwords in a row that lock an account.")
    lockout_first: timedelta = Field(
        timedelta(minutes=5), description="First lock; each further failure doubles it, up to one hour."
    )
    sign_in_per_minute: int = Field(
        60, ge=1, description="Sign-in and refresh requests a minute taken from one address."
    )
    trusted_proxies: int = Field(
        0, ge=0, description="Reverse proxies in front of us whose X-Forwarded-For entry is believed."
    )
    live_updates_per_second: float = Field(2.0, gt=0, le=10, description="Most live messages a client gets a second.")
    live_cells_per_second: int = Field(1000, ge=10, description="Most live values a client gets a second.")
    live_slow_client_s: float = Field(10.0, gt=0, description="A client that takes no message for so long is dropped.")
    live_clients: int = Field(500, ge=1, description="Most live clients of one replica.")

    @property
    def password_policy(self) -> PasswordPolicy:
        return PasswordPolicy(self.password_minimum_length, self.password_maximum_age)

    @property
    def lockout_policy(self) -> LockoutPolicy:
        return LockoutPolicy(self.lockout_failures, self.lockout_first, max(self.lockout_first, timedelta(hours=1)))
