"""The conformance kit of libs/hj212 against the running gateway: every dialogue of the three editions."""

from typing import TYPE_CHECKING

import pytest
from hj212 import Edition
from hj212.conformance.runner import Settings, run_all
from hj212.session_device import Identity
from park_schemas.identifiers import uuid7
from park_schemas.registry import DeviceRecord

if TYPE_CHECKING:
    from conftest import Field

pytestmark = pytest.mark.integration

_MN = {
    Edition.HJT_2005: "88888880000001",
    Edition.HJ_2017: "010000A8900016F000169DC0",
    Edition.HJ_2025: "010000A8900016F000169DC1",
}

# The kit's devices are registered with a password: without it they may not speak (HJ 212-2017 6.3.2).
_REFUSED_BY_REGISTER = {"2017 tolerates pw_missing", "2017 tolerates pw_empty"}


async def test_every_dialogue_and_deviation_of_three_editions_is_served(gateway: "Field") -> None:
    for edition, mn in _MN.items():
        await gateway.register(
            DeviceRecord(mn=mn, password="123456", point_id=uuid7(), park_id=uuid7(), edition=edition.value)
        )
    identities = {edition: Identity(mn, "32", "123456", edition) for edition, mn in _MN.items()}
    results = await run_all(Settings(("127.0.0.1", gateway.hj212_port), identities, wait_s=10, silence_s=0.3))
    wrong = {f"{r.edition.value} {r.name}": r.detail for r in results if r.verdict == "FAIL"}
    assert wrong.keys() == _REFUSED_BY_REGISTER
    assert sum(r.verdict == "PASS" for r in results) > 50
    assert any(r.verdict == "PASS" and r.name.startswith("1012") for r in results)  # 1013 is followed by 1012
