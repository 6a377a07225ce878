"""Addresses of the pages that the browser tests visit, by area: a row an address, with who looks at it. Each route of the
router needs at least one (test_console_routes.py)."""

from console_mock_anomalies import ANOMALY
from console_mock_park import identifier
from console_mock_reductions import ORDER
from console_mock_rejudging import ORDER as REJUDGED
from console_mock_reviews import park_day
from console_mock_surveys import NOISE, PLOT, WATER

ALARM, POINT, TASK = identifier(3, 0), identifier(1, 8), identifier(5, 3)
STATION, OUTLET = identifier(1, 64), identifier(1, 0)
DEVICE = "88888880000003"
REPLAY, CARD = identifier(24, 1), identifier(27, 2)

Row = tuple[str, str]
"""(who, address)"""


def _of(who: str, *addresses: str) -> tuple[Row, ...]:
    return tuple((who, address) for address in addresses)


AREAS: dict[str, tuple[Row, ...]] = {
    "monitor": _of("officer", "/", "/map", f"/map?point={POINT}", "/points", f"/points/{POINT}"),
    "alarms": _of(
        "officer",
        "/alarms",
        f"/alarms/{ALARM}",
        "/alarms/statistics",
        "/alarms/statistics?by=level",
        "/duty",
        "/notify?tab=silences",
        "/notify?tab=preferences",
        "/rules",
    ),
    "notify": _of(
        "admin", "/notify", "/notify?tab=contacts", "/notify?tab=templates", "/notify?tab=messages", "/rules"
    ),
    "tasks": _of(
        "officer",
        "/tasks",
        "/tasks?view=list",
        f"/tasks/{TASK}",
        "/plans",
        "/plans?tab=coming",
        "/task-kinds",
        "/scores",
    ),
    "reviews": _of(
        "officer",
        "/reviews",
        "/reviews?state=checked",
        "/reviews?tab=marks",
        f"/reviews?tab=marks&point={OUTLET}",
        "/reviews?tab=checks",
        f"/reviews?tab=checks&point={OUTLET}",
        "/reviews?tab=setAside",
        f"/reviews/{OUTLET}/{park_day(1)}",
        "/replays",
        f"/replays/{REPLAY}",
    ),
    "results": _of(
        "officer",
        "/results",
        "/results?tab=cards",
        f"/results?tab=cards&card={CARD}",
        f"/results?tab=outlet&point={OUTLET}",
        "/results?tab=transmission",
        f"/results?tab=station&point={STATION}",
        f"/results?tab=station&point={STATION}&rejudged={REJUDGED}",
        "/results?tab=ranking",
        f"/results?tab=wind&point={STATION}",
    ),
    "surveys": _of(
        "officer",
        "/surveys",
        "/surveys?tab=sites",
        "/surveys?tab=plots",
        "/surveys?tab=results",
        "/surveys?tab=import",
        "/surveys?tab=setAside",
        f"/surveys/campaigns/{WATER}",
        f"/surveys/campaigns/{NOISE}",
        f"/surveys/plots/{PLOT}",
    ),
    "self-monitoring": _of(
        "officer",
        "/self-monitoring",
        "/self-monitoring?view=calendar",
        "/self-monitoring?tab=plans",
        "/self-monitoring?tab=results",
        "/self-monitoring?tab=comparisons",
        "/self-monitoring?tab=statistics",
        "/self-monitoring?tab=import",
        "/self-monitoring?tab=setAside",
    ),
    "anomalies": (
        *_of("officer", "/anomalies", f"/anomalies/{ANOMALY}", f"/anomalies/rules/{OUTLET}"),
        *_of(
            "admin",
            f"/anomalies/rules/{OUTLET}",
            f"/anomalies/rules/{OUTLET}?tab=facts&at=baseline_oxygen",
            f"/anomalies/rules/{OUTLET}?tab=signals&at=production",
            f"/anomalies/rules/{OUTLET}?tab=try",
            f"/anomalies/rules/{OUTLET}?tab=versions",
            f"/anomalies/rules/{OUTLET}?tab=records",
        ),
    ),
    "reductions": _of(
        "officer", "/reductions", "/reductions?tab=list", "/reductions?tab=import", f"/reductions/{ORDER}"
    ),
    "devices": _of(
        "officer",
        "/devices",
        "/devices?tab=unknown",
        "/devices?tab=rejected",
        "/devices?tab=gaps",
        "/devices?tab=commands",
        "/devices?tab=keys",
        f"/devices/{DEVICE}",
        f"/devices/{DEVICE}?tab=keys",
        f"/devices/{DEVICE}?tab=state",
        f"/devices/{DEVICE}?tab=evidence",
        "/import",
    ),
    "administration": _of(
        "admin",
        "/admin/users",
        "/admin/audit",
        "/exchange",
        "/webhooks",
        "/devices?tab=unknown",
        "/devices?tab=gaps",
        f"/devices/{DEVICE}?tab=commands",
        f"/devices/{DEVICE}?tab=keys",
        "/task-kinds",
        "/no-such-page",
    ),
    "phone": (*_of("inspector", "/m", f"/m/tasks/{TASK}"), *_of("nobody", "/login")),
}
