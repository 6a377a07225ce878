"""A stored policy of an earlier release: what is new is shown, grades until people decide, and is adopted or left out."""

from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from alerting.domain.grading import grade
from alerting.domain.policy import GradingPolicy, shipped_policy
from alerting.domain.policy_checks import contradictions
from alerting.domain.policy_completion import completed, new_entries
from alerting.store.policies import PolicyCache, add_policy
from alerting.testing import finding
from park_chassis.chassis import Chassis
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_schemas.codes import AlarmLevel, Medium, Role

SHIPPED = shipped_policy()


def older(*, without: set[str], **rules: list[str]) -> GradingPolicy:
    """Return the shipped policy as an earlier release had it: some entries missing, others naming fewer rules."""
    entries = [
        msgspec.structs.replace(entry, rules=rules.get(entry.name.replace("-", "_"), entry.rules))
        for entry in SHIPPED.entries
        if entry.name not in without
    ]
    return msgspec.structs.replace(SHIPPED, entries=entries)


OLD = older(without={"anomaly", "noise"}, data_quality=["mark-cap"])
ANOMALY = finding(None, rule="AN04", severity="alarm", verdict="violated")


def test_what_the_stored_policy_does_not_name_is_graded_as_shipped_instead_of_by_the_entry_for_all_others() -> None:
    assert grade([ANOMALY], OLD) is AlarmLevel.BLUE
    whole = completed(OLD, SHIPPED)
    assert grade([ANOMALY], whole) is AlarmLevel.YELLOW
    assert whole.entry_for(finding(1.2, medium=Medium.NOISE)).name == "noise"
    assert contradictions(whole) == []


def test_an_entry_that_names_a_part_is_kept_and_the_rest_comes_under_a_name_of_its_own() -> None:
    new = {one.entry.name: one for one in new_entries(OLD, SHIPPED)}
    assert set(new) == {"anomaly", "noise", "data-quality-new"}
    assert (new["data-quality-new"].of, new["data-quality-new"].entry.rules) == ("data-quality", ["mark-contradiction"])


def test_what_the_park_grades_itself_stays_as_it_is() -> None:
    own = msgspec.structs.replace(SHIPPED.entries[0], name="own", rules=["AN04"], media=[], factors=[])
    stored = msgspec.structs.replace(OLD, entries=[own, *OLD.entries])
    assert completed(stored, SHIPPED).entry_for(ANOMALY).name == "own"
    assert all("AN04" not in one.entry.rules for one in new_entries(stored, SHIPPED))


def test_what_was_adopted_or_left_out_is_new_no_more() -> None:
    adopted = completed(OLD, SHIPPED)
    assert new_entries(adopted, SHIPPED) == []
    left = msgspec.structs.replace(OLD, left_out=["anomaly"])
    assert "anomaly" not in {one.of for one in new_entries(left, SHIPPED)}
    assert grade([ANOMALY], completed(left, SHIPPED)) is AlarmLevel.BLUE


def test_the_shipped_policy_has_nothing_new_to_itself() -> None:
    assert completed(SHIPPED, SHIPPED) is SHIPPED


@pytest.fixture
async def client(chassis: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    """An administrator."""
    async with asgi_client(chassis, token("alarm:read", "rule:write", role=Role.ADMINISTRATOR)) as opened:
        yield opened


@pytest.mark.integration
async def test_the_rules_say_what_is_new_and_no_longer_once_it_is_adopted(
    database: Database, client: httpx.AsyncClient
) -> None:
    async with database.transaction() as tx:
        await add_policy(tx, OLD, based_on=None, by="t", now=now())
        assert (await PolicyCache().in_force(tx))[1].entry_for(ANOMALY).name == "anomaly"
    rules = (await client.get("/rules")).json()
    assert [one["of"] for one in rules["new_in_release"]] == ["noise", "data-quality", "anomaly"]
    entries = rules["policy"]["entries"]
    adopted = [*entries[:-1], *(one["entry"] for one in rules["new_in_release"]), entries[-1]]
    answer = await client.put(
        "/rules", json={"policy": {**rules["policy"], "entries": adopted}, "version": rules["version"]}
    )
    assert answer.status_code == 201, answer.text
    assert (await client.get("/rules")).json()["new_in_release"] == []
