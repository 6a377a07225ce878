"""The map and the other compositions over real sockets: joins, and a named gap for a service that is away."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from api_gateway.domain.compositions import device_tile, map_points
from api_gateway.domain.set_aside import merged
from gateway_test_house import Neighbour
from park_chassis.paging import decode_cursor
from park_schemas.codes import Role

POINT, OTHER = "0190a000-0000-7000-8000-000000000001", "0190a000-0000-7000-8000-000000000002"
ALARM, TASK = "0190a000-0000-7000-8000-0000000000a1", "0190a000-0000-7000-8000-0000000000b1"
SignIn = Callable[..., Awaitable[Any]]


def _points() -> list[dict[str, Any]]:
    return [
        {"point_id": POINT, "code": "DW001", "name_zh": "一号排口", "name_en": "Outlet 1", "medium": "waste-water"},
        {"point_id": OTHER, "code": "AQ001", "name_zh": "空气站", "name_en": "Air 1", "medium": "ambient-air"},
    ]


def _alarm(level: str = "orange", state: str = "active", subject: str = POINT) -> dict[str, Any]:
    return {
        "alarm_id": ALARM,
        "subject_id": subject,
        "level": level,
        "state": state,
        "started_at": "2026-03-01T08:00:00+08:00",
        "last_seen_at": "2026-03-01T09:00:00+08:00",
        "factor": "w01018",
        "task_id": TASK,
    }


def test_a_point_shows_its_highest_open_alarm_and_its_online_device() -> None:
    sessions: list[dict[str, Any]] = [
        {"mn": "OLD", "point_id": POINT, "state": "offline", "last_frame_at": "2026-03-02T00:00:00Z"},
        {"mn": "NEW", "point_id": POINT, "state": "online", "last_frame_at": "2026-03-01T00:00:00Z"},
        {"mn": "UNKNOWN", "point_id": None, "state": "unregistered"},
    ]
    latest = [
        {"point_id": POINT, "mn": "NEW", "data_time": "2026-03-01T08:00:00+08:00", "factors": [{"factor": "w01018"}]}
    ]
    shown, quiet = map_points(_points(), latest, sessions, [_alarm("yellow"), _alarm("red"), _alarm("blue")])
    assert (shown["alarm_level"], shown["open_alarms"]) == ("red", 3)
    assert (shown["device_state"], shown["mn"]) == ("online", "NEW")
    assert shown["latest"]["factors"] == [{"factor": "w01018"}]
    assert (quiet["alarm_level"], quiet["open_alarms"], quiet["device_state"], quiet["latest"]) == (None, 0, None, None)


def test_a_point_never_heard_of_is_known_by_its_factors_and_its_logger() -> None:
    cod = {"factor": "w01018", "name_zh": "化学需氧量", "unit": "mg/L"}
    (shown,) = map_points([{**_points()[0], "factors": [cod], "mn": "NEW"}], [], [], [])
    assert (shown["factors"], shown["mn"], shown["latest"]) == ([cod], "NEW", None)


def test_a_point_never_heard_of_counts_as_offline() -> None:
    sessions = [{"point_id": POINT, "state": "online"}, {"point_id": "of-another-park", "state": "online"}]
    assert device_tile(sessions, frozenset({POINT, OTHER})) == {"online": 1, "offline": 1, "total": 2}


def _whole_park(neighbour: Neighbour) -> None:
    def listed(*items: Any) -> dict[str, Any]:
        return {"items": list(items), "next_cursor": None, "total": len(items)}

    latest = {"point_id": POINT, "mn": "A", "data_time": "2026-03-01T08:00:00+08:00", "factors": []}
    air = {"point_id": OTHER, "mn": "B", "data_time": "2026-03-01T08:00:00+08:00", "factors": []}
    neighbour.answers |= {
        ("archive", "/park"): {"name_zh": "示范园区"},
        ("archive", "/points"): listed(*_points()),
        ("archive", f"/points/{POINT}"): _points()[0],
        ("source-monitoring", "/latest"): listed(latest),
        ("source-monitoring", f"/points/{POINT}/series"): {"series": []},
        ("quality", "/latest"): listed(air),
        ("hj212-gateway", "/sessions"): listed({"mn": "A", "point_id": POINT, "state": "online"}),
        ("alerting", "/alarms"): listed(_alarm(), {**_alarm(), "state": "closed"}),
        ("alerting", f"/alarms/{ALARM}"): {**_alarm(), "timeline": []},
        ("alerting", "/alarms/counts"): {"open": {"orange": 1}, "unacknowledged": 1},
        ("task-dispatch", "/tasks/counts"): {"open": 1, "overdue": 0, "mine": 1},
        ("task-dispatch", "/tasks"): listed(
            {"task_id": TASK, "state": "signed", "assignee": "someone", "subject_id": POINT},
            {"task_id": ALARM, "state": "closed", "assignee": "someone", "subject_id": POINT},
        ),
        ("task-dispatch", f"/tasks/{TASK}"): {"task_id": TASK},
    }


@pytest.mark.integration
async def test_the_map_joins_six_answers_and_names_what_is_away(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    _whole_park(neighbour)
    await sign_in(Role.OFFICER)
    whole = (await browser.get("/api/v1/map")).json()
    assert whole["park"]["name_zh"] == "示范园区"
    assert [point["latest"] is not None for point in whole["points"]] == [True, True]
    assert whole["points"][0]["alarm_level"] == "orange"
    assert len(whole["alarms"]) == 1
    assert whole["unavailable"] == []
    monkeypatch.setenv("PARK_SERVICES_ALERTING_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("PARK_SERVICES_QUALITY_URL", "http://127.0.0.1:1")
    torn = (await browser.get("/api/v1/map")).json()
    assert sorted(torn["unavailable"]) == ["alerting", "quality"]
    assert [point["latest"] is not None for point in torn["points"]] == [True, False]
    monkeypatch.setenv("PARK_SERVICES_ARCHIVE_URL", "http://127.0.0.1:1")
    none = await browser.get("/api/v1/map")
    assert (none.status_code, none.json()["service"]) == (503, "archive")


@pytest.mark.integration
async def test_an_inspector_sees_device_states_on_the_map_without_the_right_to_the_session_list(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour
) -> None:
    _whole_park(neighbour)
    await sign_in(Role.INSPECTOR)
    assert (await browser.get("/api/v1/sessions")).status_code == 403
    assert (await browser.get("/api/v1/map")).json()["points"][0]["device_state"] == "online"


@pytest.mark.integration
async def test_tiles_that_cannot_be_filled_are_null_and_named(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    _whole_park(neighbour)
    await sign_in(Role.OFFICER)
    tiles = (await browser.get("/api/v1/overview")).json()
    assert tiles["tasks"] == {"open": 1, "overdue": 0, "mine": 1}
    assert tiles["devices"] == {"online": 1, "offline": 1, "total": 2}
    monkeypatch.setenv("PARK_SERVICES_TASK_DISPATCH_URL", "http://127.0.0.1:1")
    torn = (await browser.get("/api/v1/overview")).json()
    assert (torn["tasks"], torn["unavailable"]) == (None, ["task-dispatch"])
    assert torn["alarms"]["open"]["orange"] == 1


@pytest.mark.integration
async def test_an_alarm_and_a_point_come_with_all_around_them(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour
) -> None:
    _whole_park(neighbour)
    await sign_in(Role.OFFICER)
    alarm = (await browser.get(f"/api/v1/alarms/{ALARM}/full")).json()
    assert alarm["alarm"]["alarm_id"] == ALARM
    assert (alarm["point"]["code"], alarm["task"]["task_id"], alarm["series"]) == ("DW001", TASK, {"series": []})
    asked = next(seen for seen in neighbour.seen if seen.url.path.endswith("/series"))
    assert asked.query_params["factor"] == "w01018"
    assert asked.query_params["from"] == "2026-03-01T06:00:00+08:00"
    point = (await browser.get(f"/api/v1/points/{POINT}/full")).json()
    assert (point["session"]["mn"], len(point["alarms"]), len(point["tasks"])) == ("A", 1, 1)
    assert (await browser.get(f"/api/v1/points/{TASK}/full")).status_code == 404


@pytest.mark.integration
async def test_latest_merges_both_judges(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    _whole_park(neighbour)
    await sign_in(Role.OFFICER)
    both = (await browser.get("/api/v1/latest", params={"point_id": [POINT, OTHER]})).json()
    assert {item["point_id"] for item in both["items"]} == {POINT, OTHER}
    assert neighbour.seen[-1].query_params.getlist("point_id") == [POINT, OTHER]
    monkeypatch.setenv("PARK_SERVICES_QUALITY_URL", "http://127.0.0.1:1")
    one = (await browser.get("/api/v1/latest")).json()
    assert one["unavailable"] == ["quality"]
    monkeypatch.setenv("PARK_SERVICES_SOURCE_MONITORING_URL", "http://127.0.0.1:1")
    assert (await browser.get("/api/v1/latest")).status_code == 503


def _aside(number: int, last_seen: str) -> dict[str, Any]:
    return {"set_aside_id": f"{number:08d}-0000-7000-8000-000000000000", "last_seen": last_seen}


def _aside_answer(*items: dict[str, Any], more: str | None = None, parked: int | None = 0) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": more, "limits_not_applied": [{"factor": "Leq"}], "parked": parked}


def test_set_aside_lists_merge_by_time_and_each_item_says_who_mends_it() -> None:
    early, late = _aside(1, "2026-03-01T00:00:00+00:00"), _aside(2, "2026-03-01T08:00:01.5+08:00")
    whole = merged({"source-monitoring": _aside_answer(early, parked=3), "quality": _aside_answer(late, parked=1)}, 50)
    assert [(item["set_aside_id"][:8], item["service"]) for item in whole["items"]] == [
        ("00000002", "quality"), ("00000001", "source-monitoring"),
    ]  # fmt: skip
    assert (whole["next_cursor"], whole["parked"], len(whole["limits_not_applied"])) == (None, 3, 2)


def test_a_cut_list_goes_on_after_its_last_item_at_both_services() -> None:
    times = [f"2026-03-01T0{hour}:00:00+00:00" for hour in range(6)]
    sources, stations = ([_aside(n, times[n]) for n in numbers] for numbers in ((5, 3, 1), (4, 2, 0)))
    shown: list[str] = []
    after: tuple[str, str] | None = None
    for _ in range(3):
        answers = {
            service: _aside_answer(
                *[one for one in items if after is None or (one["last_seen"], one["set_aside_id"]) < after]
            )
            for service, items in (("source-monitoring", sources), ("quality", stations))
        }
        page = merged(answers, 2)
        shown += [item["last_seen"] for item in page["items"]]
        place = decode_cursor(page["next_cursor"])
        after = (place[0], place[1]) if place else None
    assert shown == times[::-1]
    assert after is None


def test_who_may_not_know_of_parked_records_is_not_told() -> None:
    assert merged({"quality": _aside_answer(parked=None)}, 5)["parked"] is None


@pytest.mark.integration
async def test_set_aside_merges_both_judges_and_its_steps_go_to_the_one_that_has_it(
    browser: httpx.AsyncClient, sign_in: SignIn, neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service in ("source-monitoring", "quality"):
        neighbour.answers[service, "/set-aside"] = _aside_answer(_aside(1, "2026-03-01T00:00:00+00:00"))
    await sign_in(Role.OFFICER)
    asked = {"reason": "unknown-factor", "open": "true", "limit": "7"}
    both = (await browser.get("/api/v1/set-aside", params=asked)).json()
    assert {item["service"] for item in both["items"]} == {"source-monitoring", "quality"}
    assert {(request.query_params["reason"], request.query_params["open"]) for request in neighbour.seen[-2:]} == {
        ("unknown-factor", "True")
    }
    assert (await browser.get("/api/v1/set-aside", params={"reason": "soup"})).status_code == 422
    monkeypatch.setenv("PARK_SERVICES_QUALITY_URL", "http://127.0.0.1:1")
    assert (await browser.get("/api/v1/set-aside")).json()["unavailable"] == ["quality"]
