"""Land plots over HTTP, on a real Postgres: versions, verdicts of the newest samples, maps, files, who sees what."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_judging.registry import Points
from park_judging.testing import PointsInMemory, point
from park_schemas.codes import ENVIRONMENT_MEDIA, Medium
from quality.settings import Settings
from quality.surveys.wiring import add_surveys

pytestmark = pytest.mark.integration

RING = [[118.9, 32.2], [118.91, 32.2], [118.91, 32.21], [118.9, 32.21], [118.9, 32.2]]
PLOT: dict[str, Any] = {
    "code": "DK-01",
    "name_zh": "原电镀车间地块",
    "land_use": "2",
    "boundary": {"type": "Polygon", "coordinates": [RING]},
}
OWNER = "00000000-0000-7000-8000-000000000007"


@pytest.fixture
def service(stations: Database, registry: PointsInMemory, quality_settings: Settings) -> Chassis:
    registry.put(point(medium=Medium.SURFACE_WATER, enterprise_id=None))
    chassis = Chassis(quality_settings, title_zh="环境质量", title_en="quality")
    chassis.database = stations
    add_surveys(chassis, Points(registry, ENVIRONMENT_MEDIA, wait_s=0.1), quality_settings)
    return chassis


@pytest.fixture
async def officer(service: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    async with asgi_client(service, token("reading:read", "campaign:write", username="li")) as client:
        yield client


async def sent(client: httpx.AsyncClient, method: str, path: str, status: int = 201, **body: Any) -> dict[str, Any]:
    answer = await client.request(method, f"/surveys{path}", json=body)
    assert answer.status_code == status, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def got(client: httpx.AsyncClient, path: str, **params: str) -> Any:
    answer = await client.get(f"/surveys{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def sites(officer: httpx.AsyncClient, **more: str) -> None:
    place: dict[str, Any] = {"longitude": 118.905, "latitude": 32.205} | more
    await sent(officer, "POST", "/sites", code="S-01", kind="土壤", name_zh="一号钻孔", category="2", **place)
    for code in ("GW-00", "GW-01"):
        await sent(officer, "POST", "/sites", code=code, kind="地下水", name_zh=code, category="Ⅲ", **place)


async def round_of(officer: httpx.AsyncClient, kind: str, day: str, *results: tuple[str, str, str]) -> None:
    """Enter results (site, item, value) of a new campaign of one day."""
    campaign = await sent(
        officer, "POST", "/campaigns", kind=kind, name_zh=f"{day}采样", planned_on=day, laboratory="某检测公司"
    )
    unit = {"soil": "mg/kg", "groundwater": "mg/L"}[kind]
    rows = [
        {"site": site, "item": item, "value": value, "unit": unit, "sampled_at": f"{day} 10:00"}
        for site, item, value in results
    ]
    await sent(officer, "POST", f"/campaigns/{campaign['campaign_id']}/results", results=rows)


MEMBERS = [
    {"site": "S-01"},
    {"site": "GW-00", "position": "up-gradient"},
    {"site": "GW-01", "position": "down-gradient"},
]


async def test_a_plot_says_the_worst_of_the_newest_samples_of_its_sites(officer: httpx.AsyncClient) -> None:
    await sites(officer)
    made = await sent(officer, "POST", "/plots", **PLOT, sites=MEMBERS)
    assert (made["verdict"], made["investigation"], made["version"]) == (None, "none", 1)
    assert 1.0e6 < made["area_m2"] < 1.1e6
    await round_of(officer, "soil", "2026-03-01", ("S-01", "铅", "2600"), ("S-01", "砷", "20"))
    await round_of(officer, "groundwater", "2026-03-02", ("GW-00", "氨氮", "0.1"), ("GW-01", "氨氮", "0.6"))
    (listed,) = (await got(officer, "/plots"))["items"]
    soil, water = listed["verdict"]["kinds"]
    assert (listed["verdict"]["outcome"], soil["deciding"], soil["deciding_en"]) == ("over", ["铅"], ["Lead"])
    assert soil["above_control"] == [{"item": "铅", "name_zh": "铅", "name_en": "Lead"}]
    assert (water["grade"], [one["name_zh"] for one in water["over"]], water["sites"]) == ("Ⅳ", ["氨氮"], 2)
    await round_of(officer, "soil", "2026-09-01", ("S-01", "铅", "300"))
    soil = (await got(officer, f"/plots/{made['plot_id']}"))["verdict"]["kinds"][0]
    assert (soil["outcome"], soil.get("above_screening")) == ("compliant", None)


async def test_the_filters_pages_and_files_of_plots_agree(officer: httpx.AsyncClient) -> None:
    await sites(officer)
    for number in range(3):
        await sent(officer, "POST", "/plots", **PLOT | {"code": f"DK-{number:02d}"})
    await sent(officer, "POST", "/plots", **PLOT | {"code": "DK-09", "land_use": "第一类用地"}, sites=MEMBERS)
    await round_of(officer, "soil", "2026-03-01", ("S-01", "铅", "2600"))
    first = await got(officer, "/plots", limit="3")
    second = await got(officer, "/plots", limit="3", cursor=first["next_cursor"])
    assert [one["code"] for one in first["items"] + second["items"]] == ["DK-00", "DK-01", "DK-02", "DK-09"]
    assert (first["total"], second["next_cursor"]) == (4, None)
    assert [one["code"] for one in (await got(officer, "/plots", outcome="over"))["items"]] == ["DK-09"]
    assert [one["code"] for one in (await got(officer, "/plots", land_use="1"))["items"]] == ["DK-09"]
    assert (await got(officer, "/plots", q="没有"))["items"] == []
    file = await officer.get("/surveys/plots", params={"format": "csv", "outcome": "over"})
    assert "超过管制值" in file.text
    assert len(file.text.strip().splitlines()) == 2
    features = (await got(officer, "/plots/map"))["features"]
    assert [one["geometry"]["type"] for one in features] == ["Polygon"] * 4


async def test_a_change_of_a_plot_is_a_version_with_its_reason(officer: httpx.AsyncClient) -> None:
    made = await sent(officer, "POST", "/plots", **PLOT)
    path = f"/plots/{made['plot_id']}"
    changed = PLOT | {"investigation": "detailed", "investigation_source": "调查报告第12号", "based_on": 1}
    await sent(officer, "PUT", path, 422, **changed)
    await sent(officer, "PUT", path, 200, **changed, reason="详细调查已完成")
    await sent(officer, "PUT", path, 409, **changed, reason="又一次")
    found = await got(officer, path)
    assert (found["investigation"], found["version"], found["author"]) == ("detailed", 2, "li")
    assert [one["reason"] for one in found["versions"]] == ["详细调查已完成", ""]
    await sent(officer, "POST", "/plots", 409, **PLOT)
    await sent(officer, "PUT", f"/plots/{UUID(int=9)}", 404, **changed, reason="不存在")


async def test_a_site_belongs_to_one_plot_and_flaws_are_told_at_their_field(officer: httpx.AsyncClient) -> None:
    await sites(officer)
    await sent(officer, "POST", "/plots", **PLOT, sites=MEMBERS)
    told = await sent(officer, "POST", "/plots", 422, **PLOT | {"code": "DK-02", "boundary": {}}, sites=MEMBERS[:1])
    assert {one["where"] for one in told["errors"]} == {"boundary", "sites.0.site"}
    assert all(one["what"] and one["what_zh"] for one in told["errors"])


async def test_wells_and_trends_are_plain_tables_with_files(officer: httpx.AsyncClient) -> None:
    await sites(officer)
    made = await sent(officer, "POST", "/plots", **PLOT, sites=MEMBERS)
    await round_of(officer, "groundwater", "2026-03-02", ("GW-00", "氨氮", "0.1"), ("GW-01", "氨氮", "0.4"))
    await round_of(officer, "groundwater", "2026-06-02", ("GW-01", "氨氮", "0.6"))
    table = await got(officer, f"/plots/{made['plot_id']}/wells")
    assert [(one["code"], one["background"]) for one in table["wells"]] == [("GW-00", True), ("GW-01", False)]
    (ammonia,) = table["items"]
    assert [ammonia["values"][one["site_id"]]["text"] for one in table["wells"]] == ["0.1", "0.6"]
    last = table["wells"][1]["site_id"]
    (trend,) = (await got(officer, f"/sites/{last}/trends"))["items"]
    assert [(one["text"], one.get("change")) for one in trend["values"]] == [("0.4", None), ("0.6", 0.5)]
    for path in (f"/plots/{made['plot_id']}/wells", f"/sites/{last}/trends"):
        file = await officer.get(f"/surveys{path}", params={"format": "csv"})
        assert len(file.text.strip().splitlines()) == 3


async def test_an_enterprise_sees_its_plots_only_and_changes_none(service: Chassis, officer: httpx.AsyncClient) -> None:
    await sites(officer, enterprise_id=OWNER, enterprise_name_zh="某企业")
    own = await sent(officer, "POST", "/plots", **PLOT, enterprise_id=OWNER, sites=MEMBERS)
    other = await sent(officer, "POST", "/plots", **PLOT | {"code": "DK-02"})
    async with asgi_client(service, token("reading:read", enterprise_id=UUID(OWNER))) as enterprise:
        assert [one["code"] for one in (await got(enterprise, "/plots"))["items"]] == ["DK-01"]
        assert len((await got(enterprise, "/plots/map"))["features"]) == 1
        assert (await enterprise.get(f"/surveys/plots/{own['plot_id']}/wells")).status_code == 200
        assert (await enterprise.get(f"/surveys/plots/{other['plot_id']}")).status_code == 404
        assert (await enterprise.post("/surveys/plots", json=PLOT | {"code": "DK-03"})).status_code == 403


async def test_forms_are_told_what_their_fields_may_hold(officer: httpx.AsyncClient) -> None:
    choices = await got(officer, "/choices")
    soil = next(one for one in choices["kinds"] if one["key"] == "soil")
    assert [one["key"] for one in soil["categories"]] == ["1", "2", "paddy", "orchard", "other"]
    assert {"site", "item", "sampled_at"} <= {one["name"] for one in choices["sheets"]["results"]}
    items = (await got(officer, "/items/groundwater"))["items"]
    assert next(one for one in items if one["name_zh"] == "氨氮（以N计）" or one["name_zh"] == "氨氮")["unit"] == "mg/L"
    assert (await officer.get("/surveys/items/waste-gas")).status_code == 404
    assert json.dumps(choices, ensure_ascii=False).count("上游（背景）") == 1
