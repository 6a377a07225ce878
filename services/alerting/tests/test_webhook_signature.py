"""Signatures as Standard Webhooks makes them."""

from datetime import UTC, datetime

import pytest
from alerting.domain.retries import MOST_ATTEMPTS, PAUSES_S, pause_after, total_patience
from alerting.domain.webhook_signature import new_secret, signature, signed_headers


def test_the_published_example_of_the_scheme_gives_its_signature() -> None:
    """Vector of the scheme's public documentation (Svix / Standard Webhooks)."""
    given = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}'
    )
    assert given == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_id_time_and_body_all_count() -> None:
    secret = new_secret()
    base = signature(secret, "a", "1", b"x")
    assert base not in {
        signature(secret, "b", "1", b"x"),
        signature(secret, "a", "2", b"x"),
        signature(secret, "a", "1", b"y"),
    }
    assert base != signature(new_secret(), "a", "1", b"x")


def test_headers_carry_whole_seconds() -> None:
    headers = signed_headers(new_secret(), "id-1", b"{}", datetime(2026, 11, 22, 4, 0, 0, 900_000, tzinfo=UTC))
    assert headers["webhook-timestamp"] == str(int(datetime(2026, 11, 22, 4, tzinfo=UTC).timestamp()))
    assert headers["webhook-id"] == "id-1"
    assert headers["webhook-signature"].startswith("v1,")


def test_attempts_are_spread_out_and_end() -> None:
    pauses = [pause_after(attempt, 500) for attempt in range(1, MOST_ATTEMPTS + 2)]
    assert [pause.total_seconds() for pause in pauses if pause] == list(PAUSES_S) == sorted(PAUSES_S)
    assert pauses[-2:] == [None, None]
    assert total_patience().total_seconds() > 8 * 3600


@pytest.mark.parametrize(("status", "goes_on"), [(None, True), (404, True), (429, True), (503, True), (410, False)])
def test_only_a_receiver_that_says_gone_is_given_up_at_once(status: int | None, goes_on: bool) -> None:
    assert (pause_after(1, status) is not None) is goes_on
