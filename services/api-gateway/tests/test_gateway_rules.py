"""The door's rules, pure: permissions, passwords, lock-out, refresh, rate limit, audit chain, routes, headers, origin."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from api_gateway.domain import lockout, passwords
from api_gateway.domain.audit_chain import GENESIS, AuditEntry, ChainedEntry, append_to, find_break
from api_gateway.domain.forwarding import request_headers, response_headers
from api_gateway.domain.lockout import CLEAN, LockoutPolicy
from api_gateway.domain.origin import client_address
from api_gateway.domain.passwords import PasswordPolicy
from api_gateway.domain.permissions import ROLE_PERMISSIONS, ROLE_SCOPE, permissions_of
from api_gateway.domain.rate_limit import RateLimit
from api_gateway.domain.refresh import REUSE_GRACE, Verdict, judge_refresh
from api_gateway.domain.route_match import Route, RouteTable
from api_gateway.domain.routes import ROUTES, TABLE, path_at_service
from api_gateway.domain.security_headers import security_headers
from hypothesis import given
from hypothesis import strategies as st
from park_schemas.codes import Role

T0 = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
POLICY = LockoutPolicy(failures=3, first_lock=timedelta(minutes=5), longest_lock=timedelta(hours=1))


def test_every_role_has_permissions_and_a_scope_and_only_the_administrator_keeps_accounts() -> None:
    assert ROLE_PERMISSIONS.keys() == ROLE_SCOPE.keys() == set(Role)
    assert [role for role in Role if "user:write" in permissions_of(role)] == [Role.ADMINISTRATOR]
    assert [role for role in Role if "task:verify" in permissions_of(role)] == [Role.OFFICER]
    assert "task:work" not in permissions_of(Role.OFFICER), "who verifies does not do the work"


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("Correct-horse-7", []),
        ("short1A", ["too-short"]),
        ("alllowercaseletters", ["too-simple"]),
        ("Zhang.San-2026", ["contains-username"]),
        ("A1-" + "x" * 200, ["too-long"]),
        ("密码密码密码密码密码Aa1", []),
        ("", ["too-short", "too-simple"]),
    ],
)
def test_every_broken_rule_of_a_password_is_named(password: str, codes: list[str]) -> None:
    found = passwords.problems_of(password, "zhang.san", PasswordPolicy())
    assert [problem.code for problem in found] == codes
    assert all(problem.zh and problem.en for problem in found)


def test_a_password_expires_after_its_age_not_at_it() -> None:
    policy = PasswordPolicy(maximum_age=timedelta(days=90))
    assert not passwords.is_expired(T0, T0 + timedelta(days=90), policy)
    assert passwords.is_expired(T0, T0 + timedelta(days=90, seconds=1), policy)


def test_locks_grow_with_each_round_up_to_the_longest() -> None:
    record, at, locks = CLEAN, T0, []
    for _ in range(9):
        record = lockout.after_failure(record, at, POLICY)
        if record.locked_until is not None:
            locks.append((record.locked_until - at) / timedelta(minutes=1))
            at = record.locked_until
    assert locks == [5, 10, 20, 40, 60, 60, 60]


def test_attempts_while_locked_do_not_make_the_lock_longer() -> None:
    record = CLEAN
    for _ in range(3):
        record = lockout.after_failure(record, T0, POLICY)
    assert lockout.after_failure(record, T0 + timedelta(minutes=1), POLICY) == record
    assert not lockout.is_locked(record, T0 + timedelta(minutes=5))


def test_old_failures_are_forgotten() -> None:
    record = lockout.after_failure(lockout.after_failure(CLEAN, T0, POLICY), T0, POLICY)
    later = lockout.after_failure(record, T0 + timedelta(hours=25), POLICY)
    assert (later.count, later.locked_until) == (1, None)


@given(st.lists(st.integers(0, 7200), max_size=40))
def test_an_account_is_never_locked_longer_than_the_policy_says(pauses: list[int]) -> None:
    record, at = CLEAN, T0
    for pause in pauses:
        at += timedelta(seconds=pause)
        record = lockout.after_failure(record, at, POLICY)
        assert record.locked_until is None or record.locked_until - at <= POLICY.longest_lock


@pytest.mark.parametrize(
    ("ended", "used", "expires", "verdict"),
    [
        (None, None, timedelta(hours=1), Verdict.GOOD),
        (None, -REUSE_GRACE, timedelta(hours=1), Verdict.GOOD),
        (None, -REUSE_GRACE - timedelta(seconds=1), timedelta(hours=1), Verdict.REUSED),
        (timedelta(0), None, timedelta(hours=1), Verdict.OVER),
        (None, None, timedelta(0), Verdict.OVER),
    ],
)
def test_a_refresh_token_is_good_once_within_its_session(
    ended: timedelta | None, used: timedelta | None, expires: timedelta, verdict: Verdict
) -> None:
    found = judge_refresh(
        now=T0,
        expires_at=T0 + expires,
        ended_at=None if ended is None else T0 + ended,
        used_at=None if used is None else T0 + used,
    )
    assert found is verdict


@given(st.lists(st.floats(0, 30), max_size=200))
def test_no_more_is_let_through_than_burst_and_rate_allow(pauses: list[float]) -> None:
    limit, at, allowed = RateLimit(per_minute=60, burst=5), 0.0, 0
    for pause in pauses:
        at += pause
        allowed += limit.retry_after("a", at) == 0.0
    assert allowed <= 5 + at + 1e-6


def test_the_limit_of_one_address_is_not_anothers_and_memory_is_bounded() -> None:
    limit = RateLimit(per_minute=1, burst=1, maximum_keys=100)
    assert limit.retry_after("a", 0.0) == 0.0
    assert limit.retry_after("a", 0.0) == pytest.approx(60)
    for number in range(1000):
        assert limit.retry_after(f"b{number}", 0.0) == 0.0
    assert len(limit) == 100


def _entry(number: int, **facts: Any) -> AuditEntry:
    known: dict[str, Any] = {
        "at": T0 + timedelta(seconds=number),
        "kind": "outcome",
        "actor": f"actor{number}",
        "actor_id": None,
        "role": "officer",
        "action": "POST /x",
        "subject": "/x",
        "origin": "10.0.0.1",
        "request_id": str(number),
    }
    return AuditEntry(**{**known, **facts})


def _chain(length: int) -> list[ChainedEntry]:
    chain: list[ChainedEntry] = []
    for number in range(1, length + 1):
        chain.append(append_to(chain[-1].hash if chain else GENESIS, number, _entry(number)))
    return chain


@given(st.integers(0, 30))
def test_an_untouched_chain_is_whole(length: int) -> None:
    assert find_break(_chain(length)) is None


@given(
    st.integers(1, 20),
    st.data(),
    st.sampled_from(["actor", "action", "subject", "origin", "result", "status", "at", "kind", "request_id"]),
)
def test_any_change_of_any_entry_is_found_at_its_place(length: int, data: st.DataObject, name: str) -> None:
    chain = _chain(length)
    place = data.draw(st.integers(0, length - 1))
    other: dict[str, Any] = {"status": 599, "at": T0 - timedelta(days=1), "kind": "attempt"}
    changed = msgspec.structs.replace(chain[place].entry, **{name: other.get(name, "forged")})
    chain[place] = msgspec.structs.replace(chain[place], entry=changed)
    found = find_break(chain)
    assert found is not None
    assert (found.sequence, found.reason) == (place + 1, "changed")


@given(st.integers(2, 20), st.data())
def test_a_removed_entry_is_found_and_a_cut_end_by_whoever_noted_the_head(length: int, data: st.DataObject) -> None:
    chain = _chain(length)
    head = (length, chain[-1].hash)
    place = data.draw(st.integers(0, length - 2))
    found = find_break(chain[:place] + chain[place + 1 :])
    assert found is not None
    assert found.reason == "gap"
    assert find_break(chain[:-1]) is None, "the chain alone cannot know"
    cut = find_break(chain[:-1], head)
    assert cut is not None
    assert cut.reason == "head-missing"
    rewritten = [*chain[:-1], append_to(chain[-2].hash, length, _entry(99))]
    assert find_break(rewritten) is None
    assert find_break(rewritten, head) is not None


def test_the_hash_does_not_depend_on_the_zone_in_which_the_time_is_told() -> None:
    there = timezone(timedelta(hours=8))
    assert (
        append_to(GENESIS, 1, _entry(1)).hash
        == append_to(GENESIS, 1, _entry(1, at=_entry(1).at.astimezone(there))).hash
    )


def test_literal_segments_win_over_braces_and_the_table_has_no_row_twice() -> None:
    table = RouteTable(
        [
            Route("/a/{id}", "one", {"GET": ("p",)}),
            Route("/a/fixed", "two", {"GET": ("p",)}),
            Route("/a/{id}/x", "three", {"GET": ("p",)}),
            Route("/files/**", "four", {"GET": ("p",)}),
        ]
    )
    found = {}
    for path in ("/a/7", "/a/fixed", "/a/fixed/x", "/files/b/c"):
        match = table.find("GET", path)
        assert match is not None
        found[path] = match.route.service
    assert found == {"/a/7": "one", "/a/fixed": "two", "/a/fixed/x": "three", "/files/b/c": "four"}
    assert table.find("GET", "/a") is None
    assert table.find("GET", "/a/../b") is None
    rows = sorted((route.path, method) for route in ROUTES for method in route.permissions)
    assert all(one != other for one, other in pairwise(rows))


def test_every_permission_of_the_route_table_is_one_that_somebody_has() -> None:
    known = frozenset[str]().union(*ROLE_PERMISSIONS.values())
    asked = {name for route in ROUTES for any_of in route.permissions.values() for name in any_of}
    assert asked <= known


@given(st.text(max_size=60).map(lambda text: "/" + text))
def test_any_path_is_matched_or_not_but_never_an_error(path: str) -> None:
    match = TABLE.find("GET", path)
    assert match is None or match.route in ROUTES


def test_set_aside_records_are_at_their_services_own_root() -> None:
    match = TABLE.find("POST", "/services/alerting/parked/7/replay")
    assert match is not None
    assert (match.route.service, path_at_service("/services/alerting/parked/7/replay")) == (
        "alerting",
        "/parked/7/replay",
    )
    assert path_at_service("/alarms/7") == "/alarms/7"
    for judge in ("source-monitoring", "quality"):
        match = TABLE.find("POST", f"/services/{judge}/set-aside/7/run-again")
        assert match is not None
        assert (match.route.service, match.route.permissions) == (judge, {"POST": ("data:replay",)})
    assert path_at_service("/services/quality/set-aside/7/run-again") == "/set-aside/7/run-again"
    assert TABLE.find("POST", "/services/alerting/set-aside/7/run-again") is None


def test_headers_of_one_hop_and_of_our_session_do_not_cross_the_door() -> None:
    sent = [
        (b"Cookie", b"park_access=secret"),
        (b"Connection", b"keep-alive, X-Odd"),
        (b"X-Odd", b"1"),
        (b"Transfer-Encoding", b"chunked"),
        (b"X-Forwarded-For", b"1.2.3.4"),
        (b"Accept", b"application/json"),
        (b"Idempotency-Key", b"k"),
    ]
    assert request_headers(sent) == [(b"Accept", b"application/json"), (b"Idempotency-Key", b"k")]
    answered = [(b"Set-Cookie", b"a=b"), (b"ETag", b'"1"'), (b"Content-Encoding", b"gzip"), (b"Keep-Alive", b"x")]
    assert response_headers(answered) == [(b"ETag", b'"1"'), (b"Content-Encoding", b"gzip")]


@pytest.mark.parametrize(
    ("forwarded", "proxies", "address"),
    [
        ("1.1.1.1", 0, "9.9.9.9"),
        ("1.1.1.1, 2.2.2.2", 1, "2.2.2.2"),
        ("1.1.1.1, 2.2.2.2", 2, "1.1.1.1"),
        ("2.2.2.2", 2, "9.9.9.9"),
        ("not an address", 1, "9.9.9.9"),
        ("", 1, "9.9.9.9"),
    ],
)
def test_a_forwarded_address_is_believed_only_as_far_as_our_own_proxies_wrote_it(
    forwarded: str, proxies: int, address: str
) -> None:
    assert client_address("9.9.9.9", forwarded, proxies) == address


def test_only_tls_answers_ask_for_tls_and_the_api_may_not_be_framed_or_scripted() -> None:
    plain, secured = security_headers("/api/v1/map", over_tls=False), security_headers("/", over_tls=True)
    assert "strict-transport-security" not in plain
    assert "strict-transport-security" in secured
    assert plain["cache-control"] == "no-store"
    assert "cache-control" not in secured
    assert "'unsafe-inline'" not in secured["content-security-policy"].partition("style-src")[0]


def test_who_sees_one_enterprise_reads_no_service_that_knows_no_enterprises() -> None:
    unscoped = [route for route in ROUTES if route.service == "hj212-gateway"]
    needed = {permission for route in unscoped for row in route.permissions.values() for permission in row}
    assert needed
    assert not needed & permissions_of(Role.ENTERPRISE)
