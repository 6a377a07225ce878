"""Secrets at rest: each service has a key of its own, and what is no ciphertext is refused by name."""

import pytest
from park_chassis.secret_box import PREFIX, SecretBox, SecretUnreadable
from park_chassis.testing import TEST_SECRET


def test_without_keys_of_its_own_each_service_derives_another_one() -> None:
    sealed = SecretBox("", TEST_SECRET, "alerting").seal("k", "row:1")
    assert sealed.startswith(PREFIX)
    assert SecretBox("", TEST_SECRET, "alerting").open(sealed, "row:1") == "k"
    for box in (SecretBox("", TEST_SECRET, "hj212-gateway"), SecretBox("", TEST_SECRET[::-1], "alerting")):
        with pytest.raises(SecretUnreadable, match="row:1"):
            box.open(sealed, "row:1")


def test_what_is_damaged_or_of_another_row_does_not_open() -> None:
    box = SecretBox("", TEST_SECRET, "alerting")
    sealed = box.seal("a secret", "row:1")
    for stored, owner in ((sealed, "row:2"), (PREFIX + "!!", "row:1"), (sealed[:-8] + "AAAAAAA=", "row:1")):
        with pytest.raises(SecretUnreadable, match=owner):
            box.open(stored, owner)
    assert box.open("", "row:1") == ""
