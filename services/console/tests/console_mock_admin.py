"""Administration in the mock gateway: audit log, webhooks, exchange clients, imports."""

from datetime import timedelta
from typing import Any

from console_mock_answers import page
from console_mock_park import clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]


class Administration:
    """What administrators keep, and its routes."""

    def __init__(self) -> None:
        self.webhooks: list[Record] = [
            {
                "webhook_id": identifier(7, 1),
                "url": "https://city.example/hooks/park",
                "description": "市级平台",
                "min_level": "orange",
                "active": True,
            }
        ]
        self.clients: list[Record] = [
            {
                "client_id": identifier(8, 1),
                "name": "市级平台",
                "active": True,
                "created_at": iso(clock()),
                "last_used_at": None,
            }
        ]
        self.imports: list[Record] = []

    def routes(self, router: APIRouter) -> None:
        """Add every address."""

        @router.get("/audit")
        async def audit(request: Request) -> Record:
            return page(
                [
                    {
                        "sequence": 40 - n,
                        "at": iso(clock() - timedelta(minutes=n)),
                        "actor": "officer",
                        "action": "POST /alarms/{alarm_id}/acknowledge",
                        "subject": identifier(3, n),
                        "origin": "10.0.8.21",
                        "status": 200,
                        "result": "done",
                    }
                    for n in range(40)
                ],
                request,
            )

        @router.get("/audit/verify")
        async def verify() -> Record:
            return {"whole": True, "entries": 40, "broken": None}

        @router.get("/webhooks")
        async def webhooks(request: Request) -> Record:
            return page(self.webhooks, request)

        @router.post("/webhooks")
        async def add_webhook(request: Request) -> Response:
            body = {**await request.json(), "webhook_id": identifier(7, len(self.webhooks) + 1)}
            self.webhooks.append(body)
            return JSONResponse({**body, "secret": "shown-once"}, 201)

        @router.get("/webhooks/{webhook_id}/deliveries")
        async def deliveries(webhook_id: str, request: Request) -> Record:
            return page(
                [
                    {
                        "delivery_id": identifier(7, 50 + n),
                        "webhook_id": webhook_id,
                        "made_at": iso(clock()),
                        "attempts": 1,
                        "state": "delivered",
                        "last_status": 200,
                    }
                    for n in range(3)
                ],
                request,
            )

        @router.get("/clients")
        async def clients(request: Request) -> Record:
            return page(self.clients, request)

        @router.post("/clients")
        async def add_client(request: Request) -> Response:
            body = {
                **await request.json(),
                "client_id": identifier(8, len(self.clients) + 1),
                "active": True,
                "created_at": iso(clock()),
            }
            self.clients.append(body)
            return JSONResponse({"client": body, "api_key": "park_shown-once"}, 201)

        @router.get("/deliveries")
        async def pulls(request: Request) -> Record:
            return page(
                [
                    {
                        "delivery_id": n,
                        "client_name": "市级平台",
                        "resource": "readings",
                        "records": 500,
                        "delivered_at": iso(clock()),
                    }
                    for n in range(5)
                ],
                request,
            )

        @router.get("/imports")
        async def imports(request: Request) -> Record:
            return page(self.imports, request)

        @router.post("/imports")
        async def upload(request: Request) -> Record:
            form = await request.form()
            error = {
                "column": "credit_code",
                "value": "9132X",
                "what_zh": "应为 18 位，校验码不符",
                "what_en": "must have 18 characters",
            }
            rows = [
                {
                    "row": 2 + n,
                    "status": "rejected" if n % 4 == 1 else "created",
                    "key": f"E{n:03d}",
                    "errors": [error] if n % 4 == 1 else [],
                }
                for n in range(12)
            ]
            report = {
                "import_id": identifier(10, len(self.imports)),
                "kind": form["kind"],
                "dry_run": form["dry_run"] == "true",
                "total": 12,
                "accepted": 9,
                "rejected": 3,
                "rows": rows,
                "imported_at": iso(clock()),
            }
            self.imports.append(report)
            return report
