"""Drift from readings, and a check recorded by its readings."""

from datetime import timedelta
from decimal import Decimal

import pytest
from park_chassis.clock import now
from park_judging.testing import factor, point
from park_schemas.codes import Medium
from park_standards.errors import BadValue
from source_monitoring.domain.check_figures import drift_of
from source_monitoring.testing import OFFICER, Laboratory, Person


@pytest.mark.parametrize(
    ("monitor", "reference", "measured", "full_scale", "expected"),
    [
        ("gas", "0", "2.5", "100", ("2.5000", None)),
        ("gas", "80", "77", "100", ("-3.0000", None)),
        ("particulate", "0", "-1", "50", ("-2.0000", None)),
        ("flow", "0", "1.2", "30", ("4.0000", "1.2")),
        ("water analyser", "50", "56", None, ("12.0000", None)),
        ("water analyser", "30", "29", "999", ("-3.3333", None)),
    ],
)
def test_drift_is_a_share_of_full_scale_and_of_the_reference_for_water(
    monitor: str, reference: str, measured: str, full_scale: str | None, expected: tuple[str, str | None]
) -> None:
    found = drift_of(monitor, Decimal(reference), Decimal(measured), Decimal(full_scale) if full_scale else None)
    assert tuple(None if one is None else str(one) for one in found) == expected


@pytest.mark.parametrize(
    ("monitor", "full_scale"), [("gas", None), ("gas", Decimal(0)), ("water analyser", Decimal(5))]
)
def test_without_what_it_is_a_share_of_there_is_no_drift(monitor: str, full_scale: Decimal | None) -> None:
    with pytest.raises(BadValue):
        drift_of(monitor, Decimal(0), Decimal(1), full_scale)


@pytest.mark.integration
async def test_a_check_is_judged_by_its_readings_which_are_kept(laboratory: Laboratory) -> None:
    of = point(factors=[factor("a21026", "mg/m3")], medium=Medium.WASTE_GAS)
    laboratory.registry.put(of)
    officer, path = Person(*OFFICER), f"/points/{of.point_id}/checks"
    body = {"factor": "a21026", "at": (now() - timedelta(hours=1)).isoformat(), "kind": "span drift", "monitor": "gas",
            "check": "span", "reference": "80", "measured": "92", "full_scale": "100"}  # fmt: skip
    made = (await laboratory.ask(officer, "POST", path, body)).json()
    assert made["outcome"] == "out-of-control"
    assert (made["figures"]["drift"], made["figures"]["measured"]) == ("12.0000", "92")
    refused = await laboratory.ask(officer, "POST", path, body | {"full_scale": "0"})
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "body.full_scale")
