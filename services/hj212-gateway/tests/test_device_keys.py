"""Keys of devices: which open frames, which is in force, when an old one ends; secrets of commands at rest."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hj212 import Edition, Fields, decode, encode
from hj212.sm4 import encrypt_frame
from hj212_gateway.command_secrets import CommandSecrets, with_new_key
from hj212_gateway.domain.device_keys import DeviceKey, DeviceKeys, KeyState
from hj212_gateway.domain.frame_text import header_of, in_clear
from hj212_gateway.domain.frame_view import frame_view
from park_chassis.secret_box import PREFIX, SecretBox, SecretUnreadable
from park_chassis.testing import TEST_SECRET
from park_schemas.identifiers import uuid7

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
OLD, NEW, THIRD = b"1" * 16, b"2" * 16, b"3" * 16
MN = "010000A8900016F000169DC1"
_S = KeyState


def key(content: bytes, state: KeyState, *, until: datetime | None = None, mn: str = MN) -> DeviceKey:
    return DeviceKey(uuid7(), mn, content, state, until)


def keys(*known: DeviceKey, old_for: timedelta = timedelta(0)) -> DeviceKeys:
    made = DeviceKeys(old_for=old_for)
    made.put(known)
    return made


@pytest.mark.parametrize("state", [_S.OFFERED, _S.CONFIRMED])
def test_both_keys_open_until_the_first_frame_under_the_new_one(state: KeyState) -> None:
    ours = keys(key(NEW, state), key(OLD, _S.IN_FORCE))
    assert ours.of(MN, NOON) == [NEW, OLD]
    ours.used(MN, 1, NOON)
    assert ours.of(MN, NOON) == [NEW, OLD], "a frame under the old one changes nothing"
    assert ours.take_used() == []
    ours.used(MN, 0, NOON)
    assert ours.of(MN, NOON) == [NEW]
    assert ours.in_force(MN) == NEW


def test_the_old_key_opens_what_is_sent_again_for_a_little_while() -> None:
    ours = keys(key(NEW, _S.CONFIRMED), key(OLD, _S.IN_FORCE), old_for=timedelta(minutes=3))
    ours.used(MN, 0, NOON)
    assert ours.of(MN, NOON + timedelta(seconds=179)) == [NEW, OLD]
    assert ours.of(MN, NOON + timedelta(minutes=3)) == [NEW]


def test_what_is_dropped_retired_or_of_another_device_opens_nothing() -> None:
    ours = keys(
        key(NEW, _S.DROPPED),
        key(OLD, _S.RETIRED, until=NOON),
        key(THIRD, _S.IN_FORCE, mn="ANOTHER"),
        key(THIRD, _S.RETIRED),
    )
    assert ours.of(MN, NOON) == []
    assert ours.in_force(MN) is None


def test_a_key_passed_over_by_a_newer_one_ends_with_the_others() -> None:
    ours = keys(key(THIRD, _S.CONFIRMED), key(NEW, _S.OFFERED), key(OLD, _S.IN_FORCE))
    ours.used(MN, 0, NOON)
    assert ours.of(MN, NOON) == [THIRD]


def test_a_newer_key_stays_open_when_an_older_one_is_used_first() -> None:
    ours = keys(key(THIRD, _S.OFFERED), key(NEW, _S.CONFIRMED), key(OLD, _S.IN_FORCE))
    ours.used(MN, 1, NOON)
    assert ours.of(MN, NOON) == [THIRD, NEW]
    assert ours.in_force(MN) == NEW


def test_a_new_key_is_hidden_under_the_one_in_force_not_under_one_that_is_only_offered() -> None:
    assert keys(key(NEW, _S.OFFERED), key(OLD, _S.IN_FORCE)).in_force(MN) == OLD
    assert keys(key(NEW, _S.CONFIRMED), key(OLD, _S.IN_FORCE)).in_force(MN) == OLD
    assert keys(key(NEW, _S.CONFIRMED)).in_force(MN) == NEW
    assert keys(key(NEW, _S.OFFERED)).in_force(MN) is None


def test_the_first_use_is_noted_once_and_kept_until_it_is_stored() -> None:
    offered = key(NEW, _S.OFFERED)
    ours = keys(offered, key(OLD, _S.IN_FORCE))
    ours.used(MN, 0, NOON)
    ours.used(MN, 0, NOON + timedelta(seconds=1))
    used = ours.take_used()
    assert [(one.key_id, one.mn, one.at) for one in used] == [(offered.key_id, MN, NOON)]
    assert ours.take_used() == []
    ours.put_back(used)
    assert ours.take_used() == used


def test_a_key_is_shown_in_no_representation() -> None:
    assert NEW.decode() not in repr(key(NEW, _S.IN_FORCE))


# --- secrets of commands -------------------------------------------------------------------------------------------

COMMAND = UUID("019c0000-0000-7000-8000-00000000aa02")


def test_passwords_and_keys_of_commands_are_sealed_for_their_command_only() -> None:
    secrets = CommandSecrets(SecretBox("", TEST_SECRET, "hj212-gateway"))
    items = [{"SKCreateTime": "20261122120000000", "NewSK": "abcdefgh01234567"}]
    stored = secrets.sealed(COMMAND, items)
    assert "abcdefgh01234567" not in str(stored)
    assert stored[0]["SKCreateTime"] == "20261122120000000"
    assert str(stored[0]["NewSK"]).startswith(PREFIX)
    assert secrets.opened(COMMAND, stored) == items
    assert secrets.opened(COMMAND, items) == items, "an earlier version stored them in clear"
    with pytest.raises(SecretUnreadable):
        secrets.opened(uuid7(), stored)


def test_a_key_nobody_gives_is_made_at_random_and_one_that_is_given_stays() -> None:
    made = {str(with_new_key("1014", [])[0]["NewSK"]) for _ in range(20)}
    assert len(made) == 20
    assert all(len(one) == 16 and one.isascii() and one.isalnum() for one in made)
    given = [{"SKCreateTime": "1", "NewSK": "x"}]
    assert with_new_key("1014", given) == given
    assert with_new_key("1072", []) == []
    with_time = with_new_key("1014", [{"SKCreateTime": "1"}])
    assert list(with_time[0]) == ["SKCreateTime", "NewSK"]


# --- frames for people ---------------------------------------------------------------------------------------------


def frame() -> bytes:
    cp = [{"DataTime": "20261122120000"}, {"w01018-Rtd": "35.2", "w01018-Flag": "N"}]
    fields = Fields(qn="20261122120000001", st="32", cn="2011", pw="123456", mn=MN, flag=9, cp=cp)
    return encode(fields, edition=Edition.HJ_2025)


def test_an_encrypted_frame_is_shown_decoded_to_who_has_the_key_and_as_refused_to_who_has_not() -> None:
    raw = encrypt_frame(frame(), NEW)
    shown = frame_view(raw, keys=[OLD, NEW])
    assert (shown["encrypted"], shown["verdict"], shown["readings"][0]["text"]) == (True, "accepted", "35.2")
    closed = frame_view(raw, keys=[OLD])
    assert (closed["encrypted"], closed["verdict"], closed["reason"]) == (False, "rejected", "encrypted")
    assert in_clear(decode(raw, key_for=lambda _: NEW)) == frame()
    assert in_clear(decode(frame())) == frame()


def test_the_header_of_a_frame_nobody_can_read_is_read_and_no_more() -> None:
    header = header_of(encrypt_frame(frame(), NEW))
    assert header is not None
    assert (header.mn, header.pw, header.edition, header.cp) == (MN, "123456", Edition.HJ_2025, [])
    assert header_of(b"##0100QN=1;ST=32") is None
    assert header_of(b"##0012;;;;;;CP=&&&&0000") is None
