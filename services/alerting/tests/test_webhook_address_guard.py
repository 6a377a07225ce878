"""Where a webhook may not go."""

import pytest
from alerting.domain.address_guard import BadTarget, checked_address, checked_url

INSIDE = ["127.0.0.1", "10.1.2.3", "172.16.0.9", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
          "::1", "::", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::a00:1", "ff02::1"]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_of_the_inside_are_refused_unless_the_setting_allows_them(address: str) -> None:
    with pytest.raises(BadTarget):
        checked_address(address, allow_private=False)
    assert checked_address(address, allow_private=True)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_public_addresses_are_taken(address: str) -> None:
    assert checked_address(address, allow_private=False)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/x", "file:///etc/passwd", "https://", "example.com", "https://user:pw@example.com/", "http://h:99999/",
     "http://[::1"],
)  # fmt: skip
def test_urls_that_are_no_webhook_are_refused(url: str) -> None:
    with pytest.raises(BadTarget):
        checked_url(url)


def test_a_good_url_gives_its_host_and_port() -> None:
    assert checked_url("https://city.example.cn/hooks?park=1") == ("city.example.cn", 443)
    assert checked_url("http://[2001:db8::1]:8080/x") == ("2001:db8::1", 8080)
