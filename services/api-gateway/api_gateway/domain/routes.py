"""The route table: every path under /api/v1 that another service answers. What is absent here is not reachable.

`by_point` rows go to quality or source-monitoring, whichever judges the point's medium. Paths that api-gateway answers
itself (auth, users, audit, compositions, /latest, /set-aside, live) are not in this table.
"""

from api_gateway.domain.route_match import KIB, MIB, Route, RouteTable

SOURCE_JUDGE = "source-monitoring"
ENVIRONMENT_JUDGE = "quality"

_LIST = {"GET": ("archive:read",), "POST": ("archive:write",)}
_ONE = {"GET": ("archive:read",), "PUT": ("archive:write",)}
_DEVICES = {"GET": ("device:read",), "POST": ("device:write",)}
_DEVICE = {"GET": ("device:read",), "PUT": ("device:write",)}


def _get(permission: str) -> dict[str, tuple[str, ...]]:
    return {"GET": (permission,)}


def _post(*any_of: str) -> dict[str, tuple[str, ...]]:
    return {"POST": any_of}


_ANSWERING_SERVICES = (
    "archive",
    "hj212-gateway",
    SOURCE_JUDGE,
    ENVIRONMENT_JUDGE,
    "alerting",
    "task-dispatch",
    "sharing-exchange",
)

_ARCHIVE_ROUTES = (
    Route("/park", "archive", {"GET": ("map:read",), "PUT": ("archive:write",)}),
    Route("/park/map", "archive", _get("map:read")),
    Route("/enterprises", "archive", _LIST),
    Route("/enterprises/{enterprise_id}", "archive", _ONE),
    Route("/points", "archive", {"GET": ("point:read",), "POST": ("archive:write",)}),
    Route("/points/{point_id}", "archive", {"GET": ("point:read",), "PUT": ("archive:write",)}),
    Route("/points/{point_id}/limits", "archive", {"GET": ("point:read",), "PUT": ("archive:write",)}),
    Route("/devices", "archive", _DEVICES),
    Route("/devices/{mn}", "archive", _DEVICE),
    Route("/revisions", "archive", _get("archive:read")),
    Route("/registry/republish", "archive", _post("archive:write")),
    Route("/standards", "archive", _get("point:read")),
    Route("/standards/factors", "archive", _get("point:read")),
    Route("/standards/limits", "archive", _get("point:read")),
    Route("/imports/template.xlsx", "archive", _get("archive:import")),
    Route(
        "/imports",
        "archive",
        {"GET": ("archive:import",), "POST": ("archive:import",)},
        body_limit=20 * MIB,
        timeout_s=120.0,
    ),
    Route("/imports/{import_id}", "archive", _get("archive:import")),
    Route("/imports/{import_id}/report.xlsx", "archive", _get("archive:import")),
)

_MEASURED_ROUTES = (
    Route("/points/{point_id}/series", SOURCE_JUDGE, _get("reading:read"), by_point=True, timeout_s=30.0),
    Route("/points/{point_id}/frames", SOURCE_JUDGE, _get("reading:read"), by_point=True, timeout_s=30.0),
    Route("/points/{point_id}/statistics", ENVIRONMENT_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route("/points/{point_id}/rose", ENVIRONMENT_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route("/points/{point_id}/correlation", ENVIRONMENT_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route("/points/{point_id}/targets", ENVIRONMENT_JUDGE, {"GET": ("reading:read",), "PUT": ("archive:write",)}),
    Route("/stations/ranking", ENVIRONMENT_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route("/points/{point_id}/rejudgements", ENVIRONMENT_JUDGE, _post("data:replay")),
    Route("/rejudgements", ENVIRONMENT_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route("/rejudgements/{rejudgement_id}", ENVIRONMENT_JUDGE, _get("reading:read")),
    Route("/rejudgements/{rejudgement_id}/differences", ENVIRONMENT_JUDGE, _get("reading:read"), timeout_s=120.0),
    Route("/points/{point_id}/assessments", SOURCE_JUDGE, _get("reading:read"), by_point=True),
    Route("/sessions", "hj212-gateway", _get("device:read")),
    Route("/sessions/{mn}", "hj212-gateway", _get("device:read")),
    Route("/sessions/{mn}/keys", "hj212-gateway", {"GET": ("device:read",), "POST": ("device:write",)}),
    Route("/sessions/{mn}/keys/{key_id}/retire", "hj212-gateway", {"POST": ("device:write",)}),
    Route("/device-keys", "hj212-gateway", _get("device:read")),
    Route("/sessions/{mn}/frames", "hj212-gateway", _get("device:read"), timeout_s=30.0),
    Route("/sessions/{mn}/frames/live", "hj212-gateway", _get("device:read"), timeout_s=660.0),
    Route("/unknown-devices", "hj212-gateway", _get("device:read")),
    Route("/unknown-devices/{mn}/register", "hj212-gateway", _post("device:write")),
    Route("/unknown-devices/{mn}/dismiss", "hj212-gateway", _post("device:write")),
    Route("/unknown-devices/{mn}/restore", "hj212-gateway", _post("device:write")),
    Route("/rejected", "hj212-gateway", _get("device:read")),
    Route("/evidence/frames", "hj212-gateway", _get("device:read"), timeout_s=30.0),
    Route("/evidence/package", "hj212-gateway", _get("device:read"), timeout_s=300.0),
    Route("/evidence/chains", "hj212-gateway", _get("device:read"), timeout_s=30.0),
    Route("/evidence/chains/{gateway}/check", "hj212-gateway", _get("device:read"), timeout_s=300.0),
    Route("/commands", "hj212-gateway", {"GET": ("device:read",), "POST": ("device:write",)}),
    Route("/commands/catalogue", "hj212-gateway", _get("device:read")),
    Route("/commands/{command_id}", "hj212-gateway", _get("device:read")),
    Route("/commands/{command_id}/approve", "hj212-gateway", _post("device:write", "command:approve")),
    Route("/commands/{command_id}/reject", "hj212-gateway", _post("device:write", "command:approve")),
    Route("/commands/{command_id}/cancel", "hj212-gateway", _post("device:write")),
    Route("/gaps", "hj212-gateway", _get("device:read"), timeout_s=60.0),
    Route("/gaps/{gap_id}", "hj212-gateway", _get("device:read")),
    Route("/gaps/{gap_id}/retry", "hj212-gateway", _post("device:write")),
    Route("/gaps/{gap_id}/abandon", "hj212-gateway", _post("device:write")),
    Route("/incomplete-sets", "hj212-gateway", _get("device:read")),
)

_CAMPAIGNS = ("campaign:write",)

_SURVEY_ROUTES = (
    Route("/surveys/sites", ENVIRONMENT_JUDGE, {"GET": ("reading:read",), "POST": _CAMPAIGNS}),
    Route("/surveys/sites/{site_id}", ENVIRONMENT_JUDGE, {"GET": ("reading:read",), "PUT": _CAMPAIGNS}),
    Route("/surveys/sites/{site_id}/trends", ENVIRONMENT_JUDGE, _get("reading:read")),
    Route("/surveys/plots", ENVIRONMENT_JUDGE, {"GET": ("reading:read",), "POST": _CAMPAIGNS}, timeout_s=30.0),
    Route("/surveys/plots/map", ENVIRONMENT_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route("/surveys/plots/{plot_id}", ENVIRONMENT_JUDGE, {"GET": ("reading:read",), "PUT": _CAMPAIGNS}),
    Route("/surveys/plots/{plot_id}/wells", ENVIRONMENT_JUDGE, _get("reading:read")),
    Route("/surveys/choices", ENVIRONMENT_JUDGE, _get("reading:read")),
    Route("/surveys/items/{kind}", ENVIRONMENT_JUDGE, _get("reading:read")),
    Route("/surveys/map", ENVIRONMENT_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route("/surveys/campaigns", ENVIRONMENT_JUDGE, {"GET": ("reading:read",), "POST": _CAMPAIGNS}),
    Route("/surveys/campaigns/{campaign_id}", ENVIRONMENT_JUDGE, {"GET": ("reading:read",), "PUT": _CAMPAIGNS}),
    Route("/surveys/campaigns/{campaign_id}/results", ENVIRONMENT_JUDGE, _post(*_CAMPAIGNS), timeout_s=60.0),
    Route("/surveys/campaigns/{campaign_id}/judge-again", ENVIRONMENT_JUDGE, _post(*_CAMPAIGNS), timeout_s=120.0),
    Route("/surveys/results", ENVIRONMENT_JUDGE, _get("reading:read"), timeout_s=60.0),
    Route("/surveys/results/{result_id}", ENVIRONMENT_JUDGE, {"GET": ("reading:read",), "PUT": _CAMPAIGNS}),
    Route("/surveys/results/{result_id}/withdraw", ENVIRONMENT_JUDGE, _post(*_CAMPAIGNS)),
    Route("/surveys/imports/template.xlsx", ENVIRONMENT_JUDGE, {"GET": _CAMPAIGNS}),
    Route(
        "/surveys/imports",
        ENVIRONMENT_JUDGE,
        {"GET": _CAMPAIGNS, "POST": _CAMPAIGNS},
        body_limit=20 * MIB,
        timeout_s=120.0,
    ),
    Route("/surveys/imports/{import_id}", ENVIRONMENT_JUDGE, {"GET": _CAMPAIGNS}),
    Route("/surveys/imports/{import_id}/report.xlsx", ENVIRONMENT_JUDGE, {"GET": _CAMPAIGNS}),
    Route("/surveys/set-aside", ENVIRONMENT_JUDGE, {"GET": _CAMPAIGNS}),
    Route("/surveys/set-aside/{set_aside_id}/mend", ENVIRONMENT_JUDGE, _post(*_CAMPAIGNS)),
    Route("/surveys/set-aside/{set_aside_id}/dismiss", ENVIRONMENT_JUDGE, _post(*_CAMPAIGNS)),
)

_MARKING = ("mark:write",)
_DECIDING = ("mark:review",)
_REPLAYING = ("data:replay",)
_QUOTAS = ("quota:write",)
_REVIEW_STEPS: dict[str, tuple[str, ...]] = {
    "review": ("data:review",),
    "approve": ("data:approve",),
    "return": ("data:approve",),
    "reopen": ("data:approve",),
}

_REVIEW_ROUTES = (
    Route("/mark-types", SOURCE_JUDGE, _get("reading:read")),
    Route("/marks", SOURCE_JUDGE, _get("reading:read")),
    Route("/marks/{mark_id}", SOURCE_JUDGE, _get("reading:read")),
    Route("/marks/{mark_id}/evidence", SOURCE_JUDGE, _post(*_MARKING)),
    Route("/marks/{mark_id}/accept", SOURCE_JUDGE, _post(*_DECIDING)),
    Route("/marks/{mark_id}/reject", SOURCE_JUDGE, _post(*_DECIDING)),
    Route("/marks/{mark_id}/withdraw", SOURCE_JUDGE, _post(*_MARKING)),
    Route("/points/{point_id}/marks", SOURCE_JUDGE, _post(*_MARKING)),
    Route("/points/{point_id}/mark-caps", SOURCE_JUDGE, _get("reading:read")),
    Route("/points/{point_id}/checks", SOURCE_JUDGE, {"GET": ("reading:read",), "POST": _MARKING}),
    Route("/points/{point_id}/monitors", SOURCE_JUDGE, {"GET": ("reading:read",), "POST": _MARKING}),
    Route("/monitors/{monitor_id}/void", SOURCE_JUDGE, _post(*_MARKING)),
    Route("/monitor-kinds", SOURCE_JUDGE, _get("reading:read")),
    Route("/checks/due", SOURCE_JUDGE, _get("reading:read")),
    Route("/checks/due/export", SOURCE_JUDGE, _get("reading:read"), timeout_s=120.0),
    Route("/points/{point_id}/versions", SOURCE_JUDGE, _get("reading:read")),
    Route("/points/{point_id}/corrections", SOURCE_JUDGE, _post("data:correct")),
    Route("/corrections/{correction_id}/withdraw", SOURCE_JUDGE, _post("data:correct")),
    Route("/reviews", SOURCE_JUDGE, _get("reading:read")),
    Route("/reviews/export", SOURCE_JUDGE, _get("reading:read"), timeout_s=120.0),
    Route("/reviews/batch", SOURCE_JUDGE, _post("data:review", "data:approve"), timeout_s=60.0),
    Route("/reviews/{point_id}/{day}", SOURCE_JUDGE, _get("reading:read")),
    *(
        Route(f"/reviews/{{point_id}}/{{day}}/{step}", SOURCE_JUDGE, _post(*any_of))
        for step, any_of in _REVIEW_STEPS.items()
    ),
    Route("/points/{point_id}/results", SOURCE_JUDGE, _get("reading:read")),
    Route("/points/{point_id}/results/versions", SOURCE_JUDGE, _get("reading:read")),
    Route("/points/{point_id}/results/export", SOURCE_JUDGE, _get("reading:read"), timeout_s=60.0),
    Route("/emissions", SOURCE_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route("/permitted-quantities", SOURCE_JUDGE, {"GET": ("reading:read",), "PUT": ("quota:write",)}),
    Route("/permitted-quantities/{quantity_id}", SOURCE_JUDGE, {"DELETE": ("quota:write",)}),
    Route("/quota-cards", SOURCE_JUDGE, {"GET": ("reading:read",), "POST": _QUOTAS}, timeout_s=30.0),
    Route("/quota-cards/export", SOURCE_JUDGE, _get("reading:read"), timeout_s=120.0),
    Route("/quota-cards/{card_id}", SOURCE_JUDGE, {"GET": ("reading:read",), "PUT": _QUOTAS}, timeout_s=30.0),
    Route("/quota-cards/{card_id}/charges", SOURCE_JUDGE, _post(*_QUOTAS)),
    Route("/quota-cards/{card_id}/charges/{charge_id}", SOURCE_JUDGE, {"PUT": _QUOTAS}),
    Route("/quota-cards/{card_id}/charges/{charge_id}/withdraw", SOURCE_JUDGE, _post(*_QUOTAS)),
    Route("/transmission", SOURCE_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route("/transmission/export", SOURCE_JUDGE, _get("reading:read"), timeout_s=120.0),
    Route("/points/{point_id}/transmission/losses", SOURCE_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route("/replays", SOURCE_JUDGE, {"GET": ("reading:read",), "POST": _REPLAYING}, timeout_s=30.0),
    Route("/replays/{replay_id}", SOURCE_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route("/replays/{replay_id}/differences", SOURCE_JUDGE, _get("reading:read"), timeout_s=120.0),
    *(
        Route(f"/replays/{{replay_id}}/{step}", SOURCE_JUDGE, _post(*_REPLAYING))
        for step in ("cancel", "adopt", "leave")
    ),
    *(
        Route(f"/services/{judge}/set-aside/{{set_aside_id}}/{step}", judge, _post(*_REPLAYING), timeout_s=60.0)
        for judge in (SOURCE_JUDGE, ENVIRONMENT_JUDGE)
        for step in ("run-again", "dismiss")
    ),
)

_EVIDENCE_FILES = {
    "GET": ("reading:read",),
    "POST": ("mark:write", "data:review", "data:approve", "data:correct"),
}

_EVIDENCE_ROUTES = (
    Route("/evidence-files", SOURCE_JUDGE, _EVIDENCE_FILES, body_limit=210 * MIB, timeout_s=300.0),
    Route("/evidence-files/{file_id}", SOURCE_JUDGE, _get("reading:read")),
    Route("/evidence-files/{file_id}/content", SOURCE_JUDGE, _get("reading:read"), timeout_s=300.0),
    Route("/evidence-files/{file_id}/thumbnail", SOURCE_JUDGE, _get("reading:read")),
)

_MANUAL_PLANS = {"GET": ("reading:read",), "POST": _CAMPAIGNS}
_MANUAL_PLAN = {"GET": ("reading:read",), "PUT": _CAMPAIGNS}

_MANUAL_ROUTES = tuple(
    Route(f"/self-monitoring{path}", SOURCE_JUDGE, methods, timeout_s=60.0, body_limit=limit)
    for path, methods, limit in (
        ("/choices", _get("reading:read"), MIB),
        ("/points/{point_id}/factors", _get("reading:read"), MIB),
        ("/plans", _MANUAL_PLANS, MIB),
        ("/plans/{plan_id}", _MANUAL_PLAN, MIB),
        ("/dues", _get("reading:read"), MIB),
        ("/statistics", _get("reading:read"), MIB),
        ("/explanations", _post(*_MARKING), MIB),
        ("/explanations/{explanation_id}/accept", _post(*_DECIDING), MIB),
        ("/explanations/{explanation_id}/reject", _post(*_DECIDING), MIB),
        ("/explanations/{explanation_id}/withdraw", _post(*_MARKING), MIB),
        ("/results", {"GET": ("reading:read",), "POST": _MARKING}, MIB),
        ("/results/{result_id}", {"GET": ("reading:read",), "PUT": _MARKING}, MIB),
        ("/results/{result_id}/withdraw", _post(*_MARKING), MIB),
        ("/results/{result_id}/accept", _post(*_DECIDING), MIB),
        ("/results/{result_id}/reject", _post(*_DECIDING), MIB),
        ("/comparisons", _get("reading:read"), MIB),
        ("/imports", {"GET": _MARKING, "POST": _MARKING}, 20 * MIB),
        ("/imports/template.xlsx", {"GET": _MARKING}, MIB),
        ("/imports/{import_id}", {"GET": _MARKING}, MIB),
        ("/imports/{import_id}/report.xlsx", {"GET": _MARKING}, MIB),
        ("/set-aside", {"GET": _MARKING}, MIB),
        ("/set-aside/{set_aside_id}/mend", _post(*_MARKING), MIB),
        ("/set-aside/{set_aside_id}/dismiss", _post(*_MARKING), MIB),
    )
)

_ANOMALY_RULES = {"GET": ("reading:read",), "PUT": ("rule:write",)}
_EQUIPMENT_RECORDS = {"GET": ("reading:read",), "POST": ("mark:write",)}
_LISTING_REDUCTIONS = {"GET": ("reading:read",), "POST": ("quota:write",)}

_ANOMALY_ROUTES = (
    Route("/anomalies", SOURCE_JUDGE, _get("reading:read")),
    Route("/anomalies/export", SOURCE_JUDGE, _get("reading:read"), timeout_s=120.0),
    Route("/anomalies/precision", SOURCE_JUDGE, _get("reading:read")),
    Route("/anomalies/{anomaly_id}", SOURCE_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route("/anomalies/{anomaly_id}/feedback", SOURCE_JUDGE, _post("alarm:acknowledge")),
    Route("/points/{point_id}/anomaly-rules", SOURCE_JUDGE, _ANOMALY_RULES),
    Route("/points/{point_id}/anomaly-rules/try", SOURCE_JUDGE, _post("rule:write"), timeout_s=300.0),
    Route("/points/{point_id}/equipment-records", SOURCE_JUDGE, _EQUIPMENT_RECORDS),
)

_REDUCTION_ROUTES = (
    Route("/reduction-list", SOURCE_JUDGE, _LISTING_REDUCTIONS),
    Route("/reduction-list/export", SOURCE_JUDGE, _get("reading:read"), timeout_s=60.0),
    Route("/reduction-list/tables", SOURCE_JUDGE, _get("reading:read")),
    Route("/reduction-list/template.xlsx", SOURCE_JUDGE, _get("reading:read")),
    Route("/reduction-list/imports", SOURCE_JUDGE, _post("quota:write"), body_limit=6 * MIB, timeout_s=120.0),
    Route("/reduction-list/{line_id}", SOURCE_JUDGE, {"GET": ("reading:read",), "PUT": ("quota:write",)}),
    Route("/reduction-list/{line_id}/retire", SOURCE_JUDGE, _post("quota:write")),
    Route("/reduction-orders", SOURCE_JUDGE, _LISTING_REDUCTIONS),
    Route("/reduction-orders/{order_id}", SOURCE_JUDGE, _get("reading:read")),
    Route("/reduction-orders/{order_id}/export", SOURCE_JUDGE, _get("reading:read"), timeout_s=60.0),
    Route("/reduction-orders/{order_id}/measures/{measure_id}", SOURCE_JUDGE, _get("reading:read"), timeout_s=30.0),
    Route(
        "/reduction-orders/{order_id}/measures/{measure_id}/reports", SOURCE_JUDGE, _post("mark:write", "data:review")
    ),
    Route("/reduction-orders/{order_id}/lift", SOURCE_JUDGE, _post("quota:write")),
    Route("/reduction-orders/{order_id}/withdraw", SOURCE_JUDGE, _post("quota:write")),
)

_ALARM_ROUTES = (
    Route("/alarms", "alerting", _get("alarm:read")),
    Route("/alarms/counts", "alerting", _get("alarm:read")),
    Route("/alarms/statistics", "alerting", _get("alarm:read"), timeout_s=60.0),
    Route("/alarms/export", "alerting", _get("alarm:read"), timeout_s=120.0),
    Route("/alarms/{alarm_id}", "alerting", _get("alarm:read")),
    Route("/alarms/{alarm_id}/acknowledge", "alerting", _post("alarm:acknowledge")),
    Route("/alarms/{alarm_id}/close", "alerting", _post("alarm:close")),
    Route("/alarms/{alarm_id}/assign", "alerting", _post("task:dispatch")),
    Route("/alarms/{alarm_id}/suppress", "alerting", _post("alarm:close")),
    Route("/alarms/{alarm_id}/reopen", "alerting", _post("alarm:close")),
    Route("/working-calendar", "alerting", {"GET": ("alarm:read",), "PUT": ("rule:write",)}),
    Route("/working-calendar/days", "alerting", _get("alarm:read")),
    Route("/duty-rosters", "alerting", {"GET": ("alarm:read",), "POST": ("alarm:close",)}),
    Route("/duty-rosters/check", "alerting", _post("alarm:close")),
    Route("/duty-rosters/on-duty", "alerting", _get("alarm:read")),
    Route(
        "/duty-rosters/{roster_id}",
        "alerting",
        {"GET": ("alarm:read",), "PUT": ("alarm:close",), "DELETE": ("alarm:close",)},
    ),
    Route("/duty-rosters/{roster_id}/shifts", "alerting", _get("alarm:read")),
    Route("/duty-rosters/{roster_id}/swaps", "alerting", _post("alarm:acknowledge")),
    Route("/duty-rosters/{roster_id}/swaps/{swap_id}", "alerting", {"DELETE": ("alarm:close",)}),
    Route("/channels", "alerting", {"GET": ("webhook:write",), "POST": ("webhook:write",)}),
    Route("/channels/{channel_id}", "alerting", {"PUT": ("webhook:write",), "DELETE": ("webhook:write",)}),
    Route("/channels/{channel_id}/test", "alerting", _post("webhook:write")),
    Route("/message-templates", "alerting", _get("webhook:write")),
    Route("/message-templates/{kind}/{language}", "alerting", {"PUT": ("webhook:write",)}),
    Route("/messages", "alerting", _get("webhook:write")),
    Route("/messages/{message_id}/resend", "alerting", _post("webhook:write")),
    Route("/contacts", "alerting", _get("webhook:write")),
    Route("/contacts/{username}", "alerting", {"PUT": ("webhook:write",), "DELETE": ("webhook:write",)}),
    Route("/notification-preferences", "alerting", {"GET": ("alarm:read",), "PUT": ("alarm:read",)}),
    Route("/webhooks", "alerting", {"GET": ("webhook:write",), "POST": ("webhook:write",)}),
    Route("/webhooks/{webhook_id}", "alerting", {"PUT": ("webhook:write",), "DELETE": ("webhook:write",)}),
    Route("/webhooks/{webhook_id}/test", "alerting", _post("webhook:write"), timeout_s=30.0),
    Route("/webhooks/{webhook_id}/deliveries", "alerting", _get("webhook:write")),
    Route("/webhooks/deliveries/{delivery_id}/retry", "alerting", _post("webhook:write"), timeout_s=30.0),
    Route("/rules", "alerting", {"GET": ("alarm:read",), "PUT": ("rule:write",)}),
    Route("/rules/versions/{version}", "alerting", _get("alarm:read")),
    Route("/rules/dry-run", "alerting", _post("rule:write"), timeout_s=60.0),
    Route("/silences", "alerting", {"GET": ("alarm:read",), "POST": ("alarm:close",)}),
    Route("/silences/{silence_id}", "alerting", {"DELETE": ("alarm:close",)}),
    Route("/notifications", "alerting", _get("alarm:read")),
)

_WORK = ("task:work",)
_GIVE = ("task:dispatch",)
_CHECK = ("task:verify",)

_TASK_ACTIONS: dict[str, tuple[str, ...]] = {
    "dispatch": _GIVE,
    "sign": _WORK,
    "arrive": _WORK,
    "handle": _WORK,
    "contribute": _WORK,
    "report": _WORK,
    "verify": _CHECK,
    "return": _CHECK,
    "refuse": _WORK,
    "transfer": _WORK + _GIVE,
    "join": _GIVE,
    "request-extension": _WORK,
    "approve-extension": _GIVE,
    "reject-extension": _GIVE,
    "extend": _WORK + _GIVE,
    "urge": _GIVE,
    "close": _CHECK,
    "cancel": ("task:cancel",),
}
"""Who may ask for an action; whether the task's state and owner allow it is decided by task-dispatch."""

_TASK_ROUTES = (
    Route("/tasks", "task-dispatch", {"GET": ("task:read",), "POST": ("task:create",)}),
    Route("/tasks/counts", "task-dispatch", _get("task:read")),
    Route("/tasks/export", "task-dispatch", _get("task:read"), timeout_s=120.0),
    Route("/tasks/scores", "task-dispatch", _get("task:read"), timeout_s=60.0),
    Route("/tasks/scores/export", "task-dispatch", _get("task:read"), timeout_s=60.0),
    Route("/tasks/scores/tasks", "task-dispatch", _get("task:read"), timeout_s=60.0),
    Route("/tasks/batch-dispatch", "task-dispatch", _post(*_GIVE), timeout_s=60.0),
    Route("/task-kinds", "task-dispatch", _get("task:read")),
    Route("/task-kinds/clock-presets", "task-dispatch", _get("task:read")),
    Route("/task-kinds/problem-catalogue", "task-dispatch", _get("task:read")),
    Route("/task-kinds/check", "task-dispatch", _post("rule:write")),
    Route("/task-kinds/{kind}", "task-dispatch", {"GET": ("task:read",), "PUT": ("rule:write",)}),
    Route("/task-kinds/{kind}/versions/{version}", "task-dispatch", _get("task:read")),
    Route("/complaints", "task-dispatch", _post("task:create")),
    Route("/supervision-orders", "task-dispatch", _post("task:create")),
    Route("/plans", "task-dispatch", {"GET": _GIVE, "POST": _GIVE}),
    Route("/plans/export", "task-dispatch", {"GET": _GIVE}, timeout_s=60.0),
    Route("/plans/preview", "task-dispatch", {"GET": _GIVE}, timeout_s=60.0),
    Route("/plans/{plan_id}", "task-dispatch", {"GET": _GIVE, "PUT": _GIVE}),
    Route("/delegations", "task-dispatch", {"GET": ("task:read",), "POST": _WORK + _GIVE}),
    Route("/delegations/{delegation_id}", "task-dispatch", {"DELETE": _WORK + _GIVE}),
    Route("/cells", "task-dispatch", _get("task:read")),
    Route("/cells/{cell}", "task-dispatch", {"PUT": _GIVE, "DELETE": _GIVE}),
    Route("/documents/{number}", "task-dispatch", _get("task:read")),
    Route("/tasks/{task_id}/documents/{kind}.pdf", "task-dispatch", _get("task:read"), timeout_s=60.0),
    Route("/tasks/{task_id}", "task-dispatch", _get("task:read")),
    Route(
        "/tasks/{task_id}/evidence",
        "task-dispatch",
        _post(*_WORK),
        body_limit=210 * MIB,
        timeout_s=300.0,
    ),
    *(
        Route(f"/tasks/{{task_id}}/{action}", "task-dispatch", _post(*any_of), body_limit=64 * KIB)
        for action, any_of in _TASK_ACTIONS.items()
    ),
    Route("/evidence/{sha256}", "task-dispatch", _get("task:read"), timeout_s=300.0),
    Route("/evidence/{sha256}/thumbnail", "task-dispatch", _get("task:read")),
)

_EXCHANGE_ROUTES = (
    Route("/clients", "sharing-exchange", {"GET": ("client:write",), "POST": ("client:write",)}),
    Route("/clients/{client_id}", "sharing-exchange", {"PUT": ("client:write",), "DELETE": ("client:write",)}),
    Route("/deliveries", "sharing-exchange", _get("client:write")),
)

_PARKED_ROUTES = tuple(
    route
    for service in _ANSWERING_SERVICES
    for route in (
        Route(f"/services/{service}/parked", service, _get("parked:read")),
        Route(f"/services/{service}/parked/{{parked_id}}/replay", service, _post("parked:replay")),
    )
)

ROUTES: tuple[Route, ...] = (
    *_ARCHIVE_ROUTES,
    *_MEASURED_ROUTES,
    *_SURVEY_ROUTES,
    *_ANOMALY_ROUTES,
    *_EVIDENCE_ROUTES,
    *_MANUAL_ROUTES,
    *_REDUCTION_ROUTES,
    *_REVIEW_ROUTES,
    *_ALARM_ROUTES,
    *_TASK_ROUTES,
    *_EXCHANGE_ROUTES,
    *_PARKED_ROUTES,
)

TABLE = RouteTable(ROUTES)


def path_at_service(path: str) -> str:
    """Return the path the answering service knows: the same, but set-aside records are at the service's own root."""
    parts = path.split("/", 3)
    if len(parts) == 4 and parts[1] == "services":
        return "/" + parts[3]
    return path
