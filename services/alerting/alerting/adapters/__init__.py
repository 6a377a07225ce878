"""How a message leaves: one module a kind of channel, each tested against a real local peer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import httpx

from alerting.domain.message_templates import Rendered


@dataclass(frozen=True)
class Outcome:
    """What came of one attempt: taken with a receipt, or why not; `is_final` says that trying again cannot help."""

    taken: bool
    error: str = ""
    receipt: str = ""
    is_final: bool = False


@dataclass(frozen=True)
class Envelope:
    """What one attempt needs; `message_id` is the same for each attempt, `address` an e-mail address or phone number."""

    message_id: str
    address: str
    message: Rendered
    at: datetime
    client: httpx.AsyncClient
    allow_private: bool
    timeout_s: float


Adapter = Callable[[Envelope, object, object], Awaitable[Outcome]]
