"""Which addresses may connect, and how often one source may send what nobody knows."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def parse_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return the networks of a list such as ["10.0.0.0/8", "192.0.2.7"]. Raises ValueError naming the bad one."""
    return tuple(ip_network(text.strip(), strict=True) for text in texts)


def is_within(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether the address (IPv4, IPv6, or IPv4 mapped into IPv6) lies in one of the networks; False when it is no address."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in network for network in networks)


class SourceLimit:
    """A token bucket for each source address: `per_minute` on the long run, as many at once.

    At most `most_sources` are remembered; beyond, the one not heard for longest is forgotten (its bucket is full again, which
    is why a flood from ever new addresses is bounded by the number of connections, not by this).
    """

    def __init__(self, *, per_minute: int, most_sources: int = 10_000) -> None:
        self._per_minute = per_minute
        self._most_sources = most_sources
        self._buckets: dict[str, tuple[float, float]] = {}

    def allows(self, source: str, now_s: float) -> bool:
        """Take one token of a source; False when it has none. `now_s` is monotonic seconds."""
        tokens, since = self._buckets.pop(source, (float(self._per_minute), now_s))
        tokens = min(float(self._per_minute), tokens + (now_s - since) * self._per_minute / 60)
        allowed = tokens >= 1
        self._buckets[source] = (tokens - 1 if allowed else tokens, now_s)
        if len(self._buckets) > self._most_sources:
            self._buckets.pop(next(iter(self._buckets)))
        return allowed
