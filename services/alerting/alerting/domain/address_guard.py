"""Which addresses a webhook may go to: a park's platform must not be made to call its own inside (SSRF)."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit


class BadTarget(Exception):
    """The URL is not one a webhook may go to; zh and en say why."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def checked_url(url: str) -> tuple[str, int]:
    """Return (host, port) of an http or https URL without credentials. Raises BadTarget."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadTarget("网址格式有误", f"not a valid URL: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadTarget("网址必须以 http:// 或 https:// 开头", "the URL must be http or https with a host")
    if parts.username or parts.password:
        raise BadTarget("网址中不得包含用户名或密码", "the URL must not carry a user name or password")
    return parts.hostname, port or (443 if parts.scheme == "https" else 80)


def checked_address(text: str, *, allow_private: bool) -> str:
    """Return the address if a webhook may connect to it. Raises BadTarget for private, loopback, link-local and the like."""
    address = ip_address(text.partition("%")[0])
    inner = _embedded(address)
    if not allow_private and not (_is_public(address) and (inner is None or _is_public(inner))):
        raise BadTarget(
            f"地址 {text} 属于内网或保留地址, 当前设置不允许",
            f"address {text} is private or reserved; the setting does not allow it",
        )
    return str(address)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_unspecified


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address inside a mapped, 6to4 or NAT64 IPv6 address (they reach the same host)."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    nat64 = int(address) >> 32 == 0x0064FF9B_00000000_00000000
    return IPv4Address(int(address) & 0xFFFF_FFFF) if nat64 else None
