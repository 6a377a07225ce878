"""Who may connect, and how much a source that nobody knows may send: settings turned into decisions."""

import time
from collections.abc import Iterable

from hj212_gateway.domain.networks import SourceLimit, is_within, parse_networks


class Access:
    """`allowed` empty: every network may connect. `proxies`: connections from there must begin with a PROXY v2 header."""

    def __init__(
        self, *, allowed: Iterable[str] = (), proxies: Iterable[str] = (), strangers_per_minute: int = 120
    ) -> None:
        self._allowed = parse_networks(allowed)
        self._proxies = parse_networks(proxies)
        self._strangers = SourceLimit(per_minute=strangers_per_minute)

    def may_connect(self, address: str) -> bool:
        return not self._allowed or is_within(address, self._allowed)

    def is_proxy(self, address: str) -> bool:
        return bool(self._proxies) and is_within(address, self._proxies)

    def stranger_may_be_kept(self, source: str) -> bool:
        """Whether one more thing from a source that is not (yet) a registered device is kept, or only counted."""
        return self._strangers.allows(source, time.monotonic())
