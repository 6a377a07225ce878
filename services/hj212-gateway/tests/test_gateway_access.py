"""Who may connect, how much a stranger may send, and what a load balancer says of the client."""

import socket
import struct

import pytest
from hj212_gateway.domain.networks import SourceLimit, is_within, parse_networks
from hj212_gateway.domain.proxy_protocol import SIGNATURE, BadProxyHeader, ProxyHeader, read_proxy_header

V4 = (
    SIGNATURE
    + struct.pack("!BBH", 0x21, 0x11, 12)
    + socket.inet_aton("192.0.2.7")
    + bytes(4)
    + struct.pack("!HH", 4321, 9212)
)


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.2.3", True),
        ("11.1.2.3", False),
        ("::ffff:10.1.2.3", True),
        ("fd00::1", True),
        ("fe80::1%eth0", False),
        ("?", False),
    ],
)
def test_an_address_is_held_against_the_networks(address: str, inside: bool) -> None:
    assert is_within(address, parse_networks(["10.0.0.0/8", "fd00::/8"])) is inside


def test_a_network_with_host_bits_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.1/8"):
        parse_networks(["10.0.0.1/8"])


def test_a_source_gets_its_tokens_back_with_time_and_others_have_their_own() -> None:
    limit = SourceLimit(per_minute=60, most_sources=2)
    assert [limit.allows("a", 0.0) for _ in range(61)] == [True] * 60 + [False]
    assert limit.allows("b", 0.0)
    assert not limit.allows("a", 0.5)
    assert limit.allows("a", 1.6)
    assert limit.allows("c", 1.6)  # the third source: the one not heard for longest is forgotten
    assert len(limit._buckets) == 2


def test_the_client_behind_a_balancer_is_named_whatever_the_pieces() -> None:
    for cut in range(len(V4)):
        assert read_proxy_header(V4[:cut]) is None
    assert read_proxy_header(V4 + b"##0123") == ProxyHeader(len(V4), "192.0.2.7", 4321)


def test_ipv6_tlvs_and_the_balancers_own_checks() -> None:
    address = socket.inet_pton(socket.AF_INET6, "2001:db8::7")
    v6 = SIGNATURE + struct.pack("!BBH", 0x21, 0x21, 40) + address + bytes(16) + struct.pack("!HH", 1, 2) + b"tlv!"
    assert read_proxy_header(v6) == ProxyHeader(len(v6), "2001:db8::7", 1)
    local = SIGNATURE + struct.pack("!BBH", 0x20, 0, 0)
    assert read_proxy_header(local + b"##") == ProxyHeader(16, None, 0)


@pytest.mark.parametrize(
    "header",
    [
        b"##0123QN=",
        b"PROXY TCP4 ",
        SIGNATURE + b"\x31\x11\x00\x0c",
        SIGNATURE + b"\x21\x11\x00\x04abcd",
        SIGNATURE + b"\x21\x11\xff\xff",
    ],
    ids=["no header", "version 1", "version 3", "cut addresses", "endless"],
)
def test_what_is_no_header_is_refused(header: bytes) -> None:
    with pytest.raises(BadProxyHeader):
        read_proxy_header(header)
