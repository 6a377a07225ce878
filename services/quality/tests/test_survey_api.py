"""Manual campaigns over HTTP, on a real Postgres: entry by form and by file, versions, what was set aside, findings."""

import io
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import openpyxl
import pytest
from park_chassis.chassis import Chassis
from park_chassis.database import Database
from park_chassis.testing import asgi_client, token
from park_judging.registry import Points
from park_judging.testing import PARK_ID, PointsInMemory, point
from park_schemas.codes import ENVIRONMENT_MEDIA, Medium
from quality.settings import Settings
from quality.surveys import campaigns_api, imports_api, results_api, set_aside_api, sites_api

pytestmark = pytest.mark.integration

WELL = {
    "code": "GW-01",
    "kind": "地下水",
    "name_zh": "下游监控井",
    "longitude": 118.9,
    "latitude": 32.2,
    "category": "Ⅲ",
}
AMMONIA = {
    "site": "GW-01", "item": "氨氮", "sampled_at": "2026-11-01 10:00", "value": "0.51", "unit": "mg/L", "method": "HJ 535-2009",
    "detection_limit": "0.025",
}  # fmt: skip


@pytest.fixture
def service(stations: Database, registry: PointsInMemory, quality_settings: Settings) -> Chassis:
    registry.put(point(medium=Medium.SURFACE_WATER, enterprise_id=None))
    points = Points(registry, ENVIRONMENT_MEDIA, wait_s=0.1)
    chassis = Chassis(quality_settings, title_zh="环境质量", title_en="quality")
    chassis.router(sites_api.router(stations, points))
    chassis.router(campaigns_api.router(stations))
    chassis.router(results_api.router(stations))
    chassis.router(imports_api.router(stations, points, quality_settings))
    chassis.router(set_aside_api.router(stations, points))
    return chassis


@pytest.fixture
async def officer(service: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    async with asgi_client(service, token("reading:read", "campaign:write", username="li")) as client:
        yield client


async def campaign(officer: httpx.AsyncClient, kind: str = "groundwater") -> str:
    form = {"kind": kind, "name_zh": "三季度监测", "planned_on": "2026-11-01", "laboratory": "某检测公司"}
    answer = await officer.post("/surveys/campaigns", json=form)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["campaign_id"])


async def well(officer: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await officer.post("/surveys/sites", json=WELL | fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def entered(officer: httpx.AsyncClient, campaign_id: str, **fields: Any) -> dict[str, Any]:
    answer = await officer.post(f"/surveys/campaigns/{campaign_id}/results", json={"results": [AMMONIA | fields]})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["items"][0]
    return made


async def findings(stations: Database) -> list[dict[str, Any]]:
    async with stations.reading() as connection:
        rows = await connection.fetch("select body from outbox order by id")
    return [json.loads(row["body"]) for row in rows]


def sheet(*lines: list[str]) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for line in lines:
        page.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


HEADER = ["点位编码", "监测项目", "采样时间", "结果", "单位", "检出限"]
GOOD = ["GW-01", "氨氮", "2026-11-01 10:00", "0.12", "mg/L", "0.025"]
BAD = ["GW-01", "幽灵素", "2026-11-01 10:00", "0.12", "mg/L", ""]


async def imported(officer: httpx.AsyncClient, campaign_id: str, *lines: list[str], **form: str) -> dict[str, Any]:
    answer = await officer.post(
        "/surveys/imports",
        files={"file": ("结果.xlsx", sheet(HEADER, *lines))},
        data={"sheet": "results", "campaign_id": campaign_id} | form,
    )
    assert answer.status_code == 200, answer.text
    report: dict[str, Any] = answer.json()
    return report


async def kept(officer: httpx.AsyncClient, **params: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await officer.get("/surveys/results", params=params)).json()["items"]
    return items


async def test_a_result_entered_by_form_is_judged_kept_and_told(officer: httpx.AsyncClient, stations: Database) -> None:
    site, campaign_id = await well(officer), await campaign(officer)
    made = await entered(officer, campaign_id)
    verdict = made["verdict"]
    assert (verdict["outcome"], verdict["grade"], verdict["limit"]) == ("over", "Ⅳ", "0.50")
    assert (verdict["standard"], verdict["confidence"]) == ("GB/T 14848-2017", "cross-checked")
    assert (made["version"], made["author"], made["text"]) == (1, "li", "0.51")
    told = await findings(stations)
    assert [(one["rule"], one["verdict"], one["medium"]) for one in told] == [("exceedance", "violated", "groundwater")]
    assert (told[0]["subject_id"], told[0]["park_id"]) == (site["site_id"], str(PARK_ID))
    shown = (await officer.get("/surveys/results", params={"outcome": "over"})).json()
    assert (shown["total"], shown["counts"], shown["items"][0]["site"]["code"]) == (1, {"over": 1}, "GW-01")


async def test_a_code_that_is_taken_is_said_at_its_field_and_a_reversed_range_is_refused(
    officer: httpx.AsyncClient,
) -> None:
    site = await well(officer)
    form = {one: str(site[one]) for one in ("code", "kind", "name_zh", "longitude", "latitude")}
    again = await officer.post("/surveys/sites", json=form)
    assert (again.status_code, again.json()["code"], again.json()["errors"][0]["where"]) == (
        409,
        "site-is-known",
        "code",
    )
    for path in ("/surveys/results", "/surveys/campaigns"):
        answer = await officer.get(path, params={"from": "2026-05-02", "to": "2026-05-01"})
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "query.from")


async def test_a_correction_is_a_new_version_with_author_and_reason_and_takes_the_finding_back(
    officer: httpx.AsyncClient, stations: Database
) -> None:
    await well(officer)
    made = await entered(officer, await campaign(officer))
    path = f"/surveys/results/{made['result_id']}"
    right = AMMONIA | {"value": "0.15"}
    assert (await officer.put(path, json=right | {"based_on": 1})).status_code == 422
    corrected = await officer.put(path, json=right | {"based_on": 1, "reason": "抄录错误"})
    assert (corrected.json()["version"], corrected.json()["verdict"]["outcome"]) == (2, "compliant")
    assert (await officer.put(path, json=right | {"based_on": 1, "reason": "再次"})).status_code == 409
    other = await officer.put(path, json=right | {"based_on": 2, "reason": "换项目", "item": "铁"})
    assert (other.status_code, other.json()["code"]) == (422, "another-result")
    versions = (await officer.get(path)).json()["versions"]
    assert [(one["version"], one["body"]["text"], one["reason"]) for one in versions] == [
        (2, "0.15", "抄录错误"), (1, "0.51", ""),
    ]  # fmt: skip
    assert [one["verdict"] for one in await findings(stations)] == ["violated", "complied"]


async def test_a_later_sample_that_keeps_the_limit_ends_what_an_earlier_one_began(
    officer: httpx.AsyncClient, stations: Database
) -> None:
    await well(officer)
    await entered(officer, await campaign(officer))
    await entered(officer, await campaign(officer), sampled_at="2026-11-10 10:00", value="0.1")
    await entered(officer, await campaign(officer), sampled_at="2026-11-12 10:00", value="0.1")
    assert [one["verdict"] for one in await findings(stations)] == ["violated", "complied"]


async def test_a_withdrawn_result_counts_no_more_but_stays_readable(
    officer: httpx.AsyncClient, stations: Database
) -> None:
    await well(officer)
    campaign_id = await campaign(officer)
    made = await entered(officer, campaign_id)
    path = f"/surveys/results/{made['result_id']}"
    assert (await officer.post(f"{path}/withdraw", json={"based_on": 1})).status_code == 422
    gone = await officer.post(f"{path}/withdraw", json={"based_on": 1, "reason": "录入他井"})
    assert gone.json()["withdrawn"] is True
    assert await kept(officer) == []
    assert len(await kept(officer, withdrawn="true")) == 1
    assert (await officer.get(f"/surveys/campaigns/{campaign_id}")).json()["sites"] == []
    assert [one["verdict"] for one in await findings(stations)] == ["violated", "complied"]
    report = await imported(officer, campaign_id, ["GW-01", "氨氮", "2026-11-01 10:00", "0.51", "mg/L", "0.025"])
    assert report["rejected"] == 1


async def test_a_form_with_faults_names_every_one_and_stores_nothing(officer: httpx.AsyncClient) -> None:
    await well(officer)
    campaign_id = await campaign(officer)
    wrong = AMMONIA | {"site": "GW-99", "unit": "mg/kg"}
    answer = await officer.post(f"/surveys/campaigns/{campaign_id}/results", json={"results": [AMMONIA, wrong]})
    assert answer.status_code == 422
    assert {one["where"] for one in answer.json()["errors"]} == {"results.1.site", "results.1.unit"}
    assert await kept(officer) == []
    await entered(officer, campaign_id)
    again = await officer.post(f"/surveys/campaigns/{campaign_id}/results", json={"results": [AMMONIA]})
    assert (again.status_code, again.json()["code"]) == (409, "result-is-known")


async def test_a_preview_stores_nothing_and_all_or_nothing_keeps_good_rows_out(officer: httpx.AsyncClient) -> None:
    await well(officer)
    campaign_id = await campaign(officer)
    for form in ({"dry_run": "true"}, {"all_or_nothing": "true"}):
        report = await imported(officer, campaign_id, GOOD, BAD, **form)
        assert (report["stored"], report["accepted"], report["rejected"]) == (False, 1, 1)
        assert [(row["row"], row["status"]) for row in report["rows"]] == [(2, "created"), (3, "rejected")]
        assert report["rows"][1]["errors"][0]["column"] == "item"
        assert report["rows"][0]["outcome"] == "compliant"
    assert await kept(officer) == []
    assert (await officer.get("/surveys/set-aside")).json()["items"] == []
    assert len((await officer.get("/surveys/imports")).json()["items"]) == 2
    one = report["import_id"]
    assert (await officer.get(f"/surveys/imports/{one}")).json()["rows"] == report["rows"]
    book = openpyxl.load_workbook(io.BytesIO((await officer.get(f"/surveys/imports/{one}/report.xlsx")).content))
    lines = list(book.worksheets[0].iter_rows(values_only=True))
    assert [line[:3] for line in lines[1:]] == [("监测结果", 2, "新增 created"), ("监测结果", 3, "拒绝 rejected")]


async def test_a_file_with_wrong_columns_is_set_aside_row_by_row_and_mended(officer: httpx.AsyncClient) -> None:
    await well(officer)
    campaign_id = await campaign(officer)
    content = sheet(["点位编码", "项目名", "采样时间", "结果", "单位", "检出限"], GOOD)
    answer = await officer.post(
        "/surveys/imports",
        files={"file": ("结果.xlsx", content)},
        data={"sheet": "results", "campaign_id": campaign_id},
    )
    (row,) = answer.json()["rows"]
    assert {(one["column"], one["what_zh"]) for one in row["errors"]} >= {
        ("项目名", "未知的列"), ("item", "缺少列 监测项目"),
    }  # fmt: skip
    (aside,) = (await officer.get("/surveys/set-aside", params={"reason": "wrong-columns"})).json()["items"]
    assert (aside["texts"]["项目名"], aside["texts"]["value"]) == ("氨氮", "0.12")
    path = f"/surveys/set-aside/{aside['set_aside_id']}/mend"
    assert (await officer.post(path, json={"texts": {}})).status_code == 422
    assert (await officer.post(path, json={"texts": {"item": "氨氮"}})).status_code == 200
    assert [one["text"] for one in await kept(officer)] == ["0.12"]


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04no zip", b"%PDF-1.4 foo\nbar"])
async def test_a_file_that_is_no_sheet_of_ours_is_refused_whole(officer: httpx.AsyncClient, content: bytes) -> None:
    campaign_id = await campaign(officer)
    answer = await officer.post(
        "/surveys/imports",
        files={"file": ("x.xlsx", content)},
        data={"sheet": "results", "campaign_id": campaign_id},
    )
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (await officer.get("/surveys/imports")).json()["items"] == []


async def test_a_rejected_row_is_set_aside_mended_and_run_again(officer: httpx.AsyncClient) -> None:
    await well(officer)
    campaign_id = await campaign(officer)
    report = await imported(officer, campaign_id, GOOD, BAD)
    assert (report["stored"], len(await kept(officer))) == (True, 1)
    aside = (await officer.get("/surveys/set-aside", params={"reason": "unknown-factor"})).json()
    assert aside["counts"] == {"open": 1}
    row = aside["items"][0]
    assert (row["row"], row["texts"]["item"], row["filename"]) == (3, "幽灵素", "结果.xlsx")
    path = f"/surveys/set-aside/{row['set_aside_id']}/mend"
    still = await officer.post(path, json={"texts": {"item": "铁", "unit": "mg/kg"}})
    assert (still.status_code, still.json()["errors"][0]["where"]) == (422, "unit")
    waiting = (await officer.get("/surveys/set-aside")).json()["items"][0]
    assert (waiting["state"], waiting["reason"], waiting["mended"]["item"]) == ("open", "unit-mismatch", "铁")
    assert (await officer.post(path, json={"texts": {"colour": "red"}})).status_code == 422
    mended = await officer.post(path, json={"texts": {"unit": "mg/L"}})
    assert (mended.json()["state"], mended.json()["settled_by"]) == ("mended", "li")
    assert mended.json()["texts"]["item"] == "幽灵素"
    assert {one["item_name_zh"] for one in await kept(officer)} == {"氨氮", "铁"}
    assert (await officer.post(path, json={})).status_code == 409


async def test_a_row_of_a_site_that_is_registered_later_runs_again_as_it_is_and_another_is_let_be(
    officer: httpx.AsyncClient,
) -> None:
    campaign_id = await campaign(officer)
    await imported(officer, campaign_id, GOOD, BAD)
    first: dict[str, Any] = (await officer.get("/surveys/set-aside", params={"limit": "1"})).json()
    rest: dict[str, Any] = (await officer.get("/surveys/set-aside", params={"cursor": first["next_cursor"]})).json()
    good, bad = first["items"] + rest["items"]
    assert (good["reason"], good["row"], bad["row"]) == ("unknown-site", 2, 3)
    assert "unknown-site" in (await officer.get("/surveys/set-aside", params={"format": "csv"})).text
    await well(officer)
    assert (await officer.post(f"/surveys/set-aside/{good['set_aside_id']}/mend", json={})).status_code == 200
    let = await officer.post(f"/surveys/set-aside/{bad['set_aside_id']}/dismiss", json={"reason": "不是监测项目"})
    assert (let.json()["state"], let.json()["outcome"]) == ("dismissed", "不是监测项目")
    assert (await officer.get("/surveys/set-aside")).json()["counts"] == {"mended": 1, "dismissed": 1}


async def test_an_import_corrects_only_with_a_reason_and_the_same_again_changes_nothing(
    officer: httpx.AsyncClient,
) -> None:
    await well(officer)
    campaign_id = await campaign(officer)
    await imported(officer, campaign_id, GOOD)
    assert (await imported(officer, campaign_id, GOOD))["rows"][0]["status"] == "unchanged"
    other = [*GOOD[:3], "0.13", *GOOD[4:]]
    assert (await imported(officer, campaign_id, other, dry_run="true"))["rejected"] == 1
    assert (await imported(officer, campaign_id, other, reason="复核后更正"))["rows"][0]["status"] == "updated"
    newest = (await kept(officer))[0]
    assert (newest["version"], newest["text"], newest["reason"]) == (2, "0.13", "复核后更正")


async def test_sites_are_imported_and_files_that_are_none_are_refused(officer: httpx.AsyncClient) -> None:
    template = await officer.get("/surveys/imports/template.xlsx", params={"sheet": "sites"})
    answer = await officer.post(
        "/surveys/imports", files={"file": ("点位.xlsx", template.content)}, data={"sheet": "sites"}
    )
    assert [row["status"] for row in answer.json()["rows"]] == ["created"]
    assert (await officer.get("/surveys/sites", params={"q": "背景"})).json()["items"][0]["code"] == "GW-01"
    again = await officer.post(
        "/surveys/imports", files={"file": ("点位.xlsx", template.content)}, data={"sheet": "sites"}
    )
    assert [row["status"] for row in again.json()["rows"]] == ["unchanged"]
    moved = "点位编码,类别,点位名称,经度,纬度\nGW-01,地下水,搬迁井,118.95,32.28".encode()
    for reason, status in (("", "rejected"), ("迁建", "updated")):
        changed = await officer.post(
            "/surveys/imports", files={"file": ("点位.csv", moved)}, data={"sheet": "sites", "reason": reason}
        )
        assert [row["status"] for row in changed.json()["rows"]] == [status]
    for content, code in ((b"PK\x03\x04 no", "unreadable-file"), ("颜色\n红".encode(), "invalid-form")):
        refused = await officer.post("/surveys/imports", files={"file": ("x", content)}, data={"sheet": "sites"})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    no_campaign = await officer.post("/surveys/imports", files={"file": ("x", b"a")}, data={"sheet": "results"})
    assert no_campaign.json()["code"] == "bad-campaign"


async def test_the_map_shows_what_the_newest_campaign_says_of_each_site(officer: httpx.AsyncClient) -> None:
    await well(officer)
    await well(officer, code="GW-02", name_zh="背景井")
    campaign_id = await campaign(officer)
    await entered(officer, campaign_id)
    found = (await officer.get("/surveys/map", params={"kind": "groundwater"})).json()
    first, second = found["features"]
    assert first["geometry"] == {"type": "Point", "coordinates": [118.9, 32.2]}
    verdict = first["properties"]["verdict"]
    assert (verdict["outcome"], verdict["grade_zh"], verdict["deciding"]) == ("over", "Ⅳ类", ["氨氮"])
    assert second["properties"]["verdict"] is None
    of_campaign = (await officer.get("/surveys/map", params={"campaign_id": campaign_id})).json()
    assert len(of_campaign["features"]) == 1
    said = (await officer.get(f"/surveys/campaigns/{campaign_id}")).json()["sites"]
    assert [(one["site"]["code"], one["verdict"]["grade"]) for one in said] == [("GW-01", "Ⅳ")]


async def test_a_site_that_was_wrong_is_corrected_and_the_campaign_judged_again(officer: httpx.AsyncClient) -> None:
    site, campaign_id = await well(officer), await campaign(officer)
    made = await entered(officer, campaign_id)
    put = WELL | {"category": "Ⅳ", "based_on": 1, "reason": "功能区划调整"}
    assert (await officer.put(f"/surveys/sites/{site['site_id']}", json=put)).json()["version"] == 2
    assert (await officer.get(f"/surveys/results/{made['result_id']}")).json()["verdict"]["outcome"] == "over"
    again = await officer.post(f"/surveys/campaigns/{campaign_id}/judge-again", json={"reason": "功能区划调整"})
    assert again.json() == {"results": 1, "changed": 1}
    shown = (await officer.get(f"/surveys/results/{made['result_id']}")).json()
    assert (shown["version"], shown["verdict"]["outcome"]) == (2, "compliant")
    other = await officer.put(
        f"/surveys/sites/{site['site_id']}", json=put | {"kind": "土壤", "category": "2", "based_on": 2}
    )
    assert (other.status_code, other.json()["errors"][0]["where"]) == (422, "kind")


async def test_an_enterprise_sees_its_own_sites_only_and_writes_nothing(
    service: Chassis, officer: httpx.AsyncClient
) -> None:
    own = uuid4()
    await well(officer, enterprise_id=str(own))
    await well(officer, code="GW-02")
    campaign_id = await campaign(officer)
    await entered(officer, campaign_id)
    hidden = await entered(officer, campaign_id, site="GW-02")
    async with asgi_client(service, token("reading:read", enterprise_id=own)) as enterprise:
        assert [one["site"]["code"] for one in await kept(enterprise)] == ["GW-01"]
        assert [one["code"] for one in (await enterprise.get("/surveys/sites")).json()["items"]] == ["GW-01"]
        assert len((await enterprise.get("/surveys/map")).json()["features"]) == 1
        assert (await enterprise.get(f"/surveys/results/{hidden['result_id']}")).status_code == 404
        assert (await enterprise.get("/surveys/campaigns")).json()["items"][0]["outcomes"] is None
        assert (await enterprise.get("/surveys/set-aside")).status_code == 403
        assert (await enterprise.post("/surveys/sites", json=WELL)).status_code == 403


async def test_lists_are_paged_filtered_and_given_as_tables(officer: httpx.AsyncClient) -> None:
    await well(officer)
    campaign_id = await campaign(officer)
    for hour in ("08:00", "09:00", "10:00"):
        await entered(officer, campaign_id, sampled_at=f"2026-11-01 {hour}", value="0.1")
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        params = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        answer = (await officer.get("/surveys/results", params=params)).json()
        seen += [one["result_id"] for one in answer["items"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 3
    late = await kept(officer, **{"from": "2026-11-01T09:00", "to": "2026-11-01T10:00"})
    assert len(late) == 1
    for path, header in (("results", "点位编码"), ("sites", "编码"), ("campaigns", "计划日期")):
        table = await officer.get(f"/surveys/{path}", params={"format": "csv"})
        assert header in table.text
    assert (await officer.get("/surveys/results", params={"cursor": "xx"})).status_code == 422


@pytest.mark.parametrize("path", ["sites", "campaigns", "results"])
async def test_what_is_not_there_is_not_found(officer: httpx.AsyncClient, path: str) -> None:
    assert (await officer.get(f"/surveys/{path}/{UUID(int=9)}")).status_code == 404
