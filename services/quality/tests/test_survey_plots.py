"""Land plots without a database: boundaries, who may belong, verdicts of plots, trends, wells side by side."""

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from park_judging.testing import PARK_ID
from park_schemas.codes import Medium
from park_schemas.identifiers import natural_id
from quality.domain.surveys.judging import verdict_of
from quality.domain.surveys.land_boundary import area_m2, boundary_of, contains, geojson_of
from quality.domain.surveys.plot_verdicts import plot_verdict
from quality.domain.surveys.plots import Plot, attentions, plot_of
from quality.domain.surveys.records import Outcome, Result, Site, Verdict
from quality.domain.surveys.trends import trends, well_table

SQUARE = [[118.9, 32.2], [118.91, 32.2], [118.91, 32.21], [118.9, 32.21], [118.9, 32.2]]
HOLE = [[118.904, 32.204], [118.906, 32.204], [118.906, 32.206], [118.904, 32.206], [118.904, 32.204]]
OWNER = UUID(int=7)


def square(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [SQUARE, *rings]}


def site(code: str, kind: Medium = Medium.SOIL, category: str = "2", **more: Any) -> Site:
    fields = {"longitude": 118.902, "latitude": 32.202} | more
    return Site(
        site_id=natural_id("survey-site", code), park_id=PARK_ID, kind=kind, code=code, name_zh=code, name_en=code,
        category=category, **fields,
    )  # fmt: skip


BORE, WELL, UPPER = site("S-01"), site("GW-01", Medium.GROUNDWATER, "Ⅲ"), site("GW-00", Medium.GROUNDWATER, "Ⅲ")
SITES = {one.code: one for one in (BORE, WELL, UPPER, site("N-01", Medium.NOISE, "3"))}
FORM = {"code": "DK-01", "name_zh": "原电镀车间", "land_use": "第二类用地", "investigation": "未开展调查"}


def plot(members: list[tuple[str, str]] | None = None, **changes: str) -> tuple[Plot | None, dict[str, str]]:
    made, problems = plot_of(
        FORM | changes, square(), members or [], park_id=PARK_ID, sites=SITES, taken={BORE.site_id: "DK-09"}
    )
    return made, {one.column: one.what_en for one in problems}


def sample(at: Site, item: str, value: str, unit: str, day: int = 1, campaign: int = 1) -> tuple[Result, Verdict]:
    result = Result(
        result_id=natural_id(at.code, item, day, campaign), campaign_id=UUID(int=campaign), site_id=at.site_id, kind=at.kind,
        item=item, item_name_zh=item, item_name_en=item, sampled_at=datetime(2026, 10, day, 2, tzinfo=UTC), text=value,
        unit=unit, detected=not value.startswith("<"), value=None if value.startswith("<") else Decimal(value),
        detection_limit=Decimal(value[1:]) if value.startswith("<") else None,
    )  # fmt: skip
    return result, verdict_of(at, result)


def test_a_square_of_a_hundredth_of_a_degree_has_the_area_of_the_ellipsoid() -> None:
    polygons, problems = boundary_of(square())
    assert not problems
    assert polygons is not None
    # By the series for metres a degree: 111412.84 cos B - 93.5 cos 3B to the east, 111132.95 - 559.82 cos 2B to the north.
    b = math.radians(32.2)
    east, north = 111412.84 * math.cos(b) - 93.5 * math.cos(3 * b), 111132.95 - 559.82 * math.cos(2 * b)
    assert area_m2(polygons) == pytest.approx(east * north / 10_000, rel=1e-4)
    assert geojson_of(polygons)["type"] == "Polygon"


def test_a_hole_is_no_part_of_the_plot() -> None:
    whole, _ = boundary_of(square())
    holed, _ = boundary_of(square(HOLE))
    assert whole is not None
    assert holed is not None
    assert area_m2(holed) == pytest.approx(area_m2(whole) * 0.96, rel=1e-6)
    assert contains(whole, (118.905, 32.205))
    assert not contains(holed, (118.905, 32.205))
    assert contains(holed, (118.902, 32.202))


@pytest.mark.parametrize(
    ("given", "where", "said"),
    [
        ({"type": "Point", "coordinates": [118.9, 32.2]}, "boundary", "must be a GeoJSON"),
        ({"type": "Polygon", "coordinates": [SQUARE[:4]]}, "boundary.coordinates.0", "not closed"),
        ({"type": "Polygon", "coordinates": [SQUARE[:3]]}, "boundary.coordinates.0", "four positions"),
        ({"type": "Polygon", "coordinates": [[[32.2, 118.9], *SQUARE[1:]]]}, "boundary.coordinates.0.0", "swapped"),
        ({"type": "Polygon", "coordinates": [[["x", 1], *SQUARE[1:]]]}, "boundary.coordinates.0.0", "not numbers"),
        ({"type": "Polygon", "coordinates": [[[5.0, 5.0], *SQUARE[1:]]]}, "boundary.coordinates.0.0", "outside China"),
        ({"type": "Polygon", "coordinates": []}, "boundary.coordinates", "not empty"),
        ({"type": "Polygon", "coordinates": [[SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3], SQUARE[0]]]}, "boundary.coordinates.0",
         "crosses itself"),
        ({"type": "Polygon", "coordinates": [[SQUARE[0], SQUARE[1], SQUARE[1], SQUARE[0]]]}, "boundary.coordinates", "area"),
        ({"type": "FeatureCollection", "features": []}, "boundary.features", "exactly one"),
        ({"type": "Feature", "geometry": None}, "boundary.geometry", "must be a GeoJSON"),
        ("text", "boundary", "must be a GeoJSON"),
    ],
)  # fmt: skip
def test_a_bad_boundary_is_told_with_its_place(given: Any, where: str, said: str) -> None:
    polygons, (problem,) = boundary_of(given)
    assert polygons is None
    assert problem.column == where
    assert said in problem.what_en
    assert problem.what_zh


NAMES, WORDS = ["type", "coordinates", "geometry", "features"], ["Polygon", "MultiPolygon", "Feature"]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(NAMES), inner | st.sampled_from(WORDS)),
)


@given(ANYTHING)
def test_no_boundary_that_is_none_is_taken_and_none_raises(given: Any) -> None:
    polygons, problems = boundary_of(given)
    assert (polygons is None) == bool(problems)


def test_every_flaw_of_a_plot_is_told_at_its_field() -> None:
    made, told = plot(
        [("S-99", ""), ("N-01", ""), ("S-01", ""), ("GW-01", "somewhere"), ("GW-00", ""), ("GW-00", "")],
        investigation="详细调查", land_use="海洋",
    )  # fmt: skip
    assert made is None
    assert set(told) == {
        "land_use", "investigation_source", "sites.0.site", "sites.1.site", "sites.2.site", "sites.3.position", "sites.5.site",
    }  # fmt: skip
    assert told["sites.2.site"] == "belongs to plot DK-09 already"


def test_a_plot_of_an_enterprise_holds_only_sites_of_that_enterprise() -> None:
    _, told = plot([("GW-01", "")], enterprise_id=str(OWNER))
    assert told == {"sites.0.site": "is not registered as a site of this enterprise"}


def test_a_site_outside_and_soil_judged_by_another_land_use_are_pointed_out() -> None:
    made, told = plot([("GW-01", "down-gradient"), ("GW-00", "up-gradient")])
    assert made is not None
    assert not told
    assert attentions(made, [WELL, UPPER]) == []
    far = site("S-07", longitude=118.95, category="1")
    assert [one.en for one in attentions(made, [far])] == [
        "lies outside the boundary",
        "is judged as land use 1, the plot is 2",
    ]


def test_a_plot_is_as_bad_as_its_worst_site_and_says_what_is_above_screening_and_control() -> None:
    judged = {
        BORE.site_id: [
            sample(BORE, "砷", "61", "mg/kg"), sample(BORE, "铅", "2600", "mg/kg"), sample(BORE, "镉", "0.2", "mg/kg"),
        ],
        WELL.site_id: [sample(WELL, "w21003", "0.51", "mg/L")],
        UPPER.site_id: [sample(UPPER, "w21003", "0.1", "mg/L")],
    }  # fmt: skip
    spare = site("S-02")
    found = plot_verdict(UUID(int=1), [BORE, spare, WELL, UPPER], judged)
    assert found is not None
    soil, water = found.kinds
    assert (found.outcome, soil.kind, water.kind) == (Outcome.OVER, Medium.SOIL, Medium.GROUNDWATER)
    assert (soil.sites, soil.unsampled, soil.results) == (1, ["S-02"], 3)
    assert {one.name_zh for one in soil.above_screening} == {"砷", "铅"}
    assert [one.name_zh for one in soil.above_control] == ["铅"]
    assert (water.grade, [one.item for one in water.over], water.sites) == ("Ⅳ", ["w21003"], 2)


def test_a_plot_that_was_never_sampled_has_no_verdict() -> None:
    assert plot_verdict(UUID(int=1), [BORE, WELL], {}) is None


def test_a_trend_runs_from_the_oldest_sample_and_compares_only_what_was_detected() -> None:
    samples = [
        sample(WELL, "w21003", "0.3", "mg/L", day=9, campaign=3), sample(WELL, "w21003", "0.2", "mg/L", day=1),
        sample(WELL, "w21003", "150", "ug/L", day=5, campaign=2), sample(WELL, "w21003", "<0.02", "mg/L", day=12, campaign=4),
    ]  # fmt: skip
    (found,) = trends(samples)
    assert [one.text for one in found.values] == ["0.2", "150", "0.3", "<0.02"]
    assert [one.change for one in found.values] == [None, -0.25, 1.0, None]


def test_wells_stand_side_by_side_with_the_background_first() -> None:
    judged = {
        WELL.site_id: [sample(WELL, "w21003", "0.51", "mg/L")],
        UPPER.site_id: [sample(UPPER, "w21003", "0.1", "mg/L"), sample(UPPER, "w01001", "7.2", "1")],
    }
    table = well_table([UPPER, WELL], {UPPER.site_id: "up-gradient", WELL.site_id: "down-gradient"}, judged)
    assert [(one.code, one.background) for one in table.wells] == [("GW-00", True), ("GW-01", False)]
    ammonia = next(one for one in table.items if one.item == "w21003")
    assert {key: one.text for key, one in ammonia.values.items()} == {
        str(UPPER.site_id): "0.1",
        str(WELL.site_id): "0.51",
    }
    assert len(next(one for one in table.items if one.item == "w01001").values) == 1
