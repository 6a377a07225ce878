"""Where a request came from, as far as it can be believed."""

from ipaddress import ip_address


def client_address(peer: str, forwarded_for: str, trusted_proxies: int) -> str:
    """Return the address to write into the log.

    X-Forwarded-For grows to the right, so with n proxies of ours in front the n-th entry from the right is what the
    outermost of them saw; everything left of it is the caller's own claim. What is not an address is not believed.
    """
    if trusted_proxies == 0:
        return peer
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    if len(hops) < trusted_proxies:
        return peer
    try:
        return str(ip_address(hops[-trusted_proxies]))
    except ValueError:
        return peer
