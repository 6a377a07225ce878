"""Tasks of the mock gateway: list, detail, making, evidence, the steps of their life; each change is told to the live stream."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from console_mock_answers import page, refused
from console_mock_park import Park, clock, identifier, iso
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

Record = dict[str, Any]

NEXT_STATE = {
    "dispatch": "dispatched",
    "sign": "signed",
    "arrive": "on-site",
    "report": "reported",
    "verify": "verified",
    "return": "returned",
    "refuse": "refused",
    "close": "closed",
    "cancel": "cancelled",
}
ALLOWED = {
    "created": ["dispatch", "cancel"],
    "dispatched": ["sign", "refuse", "urge", "cancel"],
    "signed": ["arrive", "evidence", "transfer", "extend", "urge"],
    "on-site": ["report", "extend", "urge", "evidence"],
    "returned": ["report"],
    "refused": ["dispatch"],
    "reported": ["verify", "return"],
    "verified": ["close"],
}


class Tasks:
    """The routes of tasks. `say` tells the live stream of a change."""

    def __init__(self, park: Park, say: Callable[..., Awaitable[None]]) -> None:
        self.park, self.say = park, say
        self.blobs: dict[str, bytes] = {}

    def routes(self, router: APIRouter) -> None:
        """Add every address."""
        park = self.park

        def detail(task: Record) -> Record:
            return {
                **task,
                "timeline": park.timelines[task["task_id"]],
                "reports": park.reports[task["task_id"]],
                "evidence": park.evidence[task["task_id"]],
                "allowed": ALLOWED.get(task["state"], []),
                "form": {
                    "photos": {"red": 1},
                    "fields": [
                        {
                            "name": "cause",
                            "label_zh": "超标原因",
                            "label_en": "Cause",
                            "type": "choice",
                            "choices": ["production", "treatment", "unknown"],
                        }
                    ],
                },
            }

        @router.get("/tasks")
        async def tasks(request: Request) -> Record:
            ask = request.query_params
            rows = [
                one
                for one in park.tasks.values()
                if (not ask.get("state") or one["state"] == ask["state"])
                and (ask.get("overdue") != "true" or one["overdue"])
                and (ask.get("assignee") != "me" or one["assignee"] == request.cookies.get("mock-user"))
                and ask.get("q", "") in one["title_zh"]
            ]
            return page(rows, request)

        @router.get("/tasks/{task_id}")
        async def one(task_id: str) -> Response:
            return (
                JSONResponse(detail(park.tasks[task_id]))
                if task_id in park.tasks
                else refused(404, "没有这个任务", "There is no such task")
            )

        @router.post("/tasks")
        async def create(request: Request) -> Response:
            body, number = await request.json(), len(park.tasks)
            task_id = identifier(5, number)
            park.tasks[task_id] = {
                **next(iter(park.tasks.values())),
                "task_id": task_id,
                "version": 1,
                "state": "dispatched",
                "title_zh": body["title_zh"],
                "title_en": body["title_zh"],
                "assignee": body["assignee"],
                "assignee_name": "李强",
                "number": f"TK-20261122-{number:04d}",
                "kind": body["kind"],
                "overdue": False,
                "due_at": body.get("due_at") or iso(clock() + timedelta(hours=8)),
            }
            park.timelines[task_id], park.reports[task_id], park.evidence[task_id] = [], [], []
            await self.say(tasks=[park.tasks[task_id]])
            return JSONResponse(detail(park.tasks[task_id]), 201)

        @router.post("/tasks/{task_id}/evidence")
        async def photo(task_id: str, request: Request) -> Response:
            form = await request.form()
            upload: Any = form["photo"]
            body = await upload.read()
            digest = hashlib.sha256(body).hexdigest()
            self.blobs[digest] = body
            row = {
                "sha256": digest,
                "kind": form.get("kind"),
                "taken_at": form.get("taken_at"),
                "received_at": iso(clock()),
                "uploaded_by": "李强",
                "size": len(body),
            }
            park.evidence[task_id].append(row)
            return JSONResponse(row, 201)

        @router.get("/evidence/{digest}")
        @router.get("/evidence/{digest}/thumbnail")
        async def blob(digest: str) -> Response:
            return Response(self.blobs[digest], media_type="image/jpeg")

        @router.post("/tasks/{task_id}/{action}")
        async def act(task_id: str, action: str, request: Request) -> Response:
            task, body = park.tasks[task_id], await request.json()
            if action not in ALLOWED.get(task["state"], []):
                return refused(409, "当前状态不能执行此操作", "Not possible in this state")
            task.update(
                version=task["version"] + 1, state=NEXT_STATE.get(action, task["state"]), changed_at=iso(clock())
            )
            if action == "report":
                park.reports[task_id].append({**body, "reported_at": iso(clock()), "reported_by": "李强"})
            park.timelines[task_id].append(
                {
                    "at": iso(clock()),
                    "who": "李强",
                    "what": action,
                    "detail_zh": body.get("note") or body.get("reason") or "",
                    "detail_en": "",
                }
            )
            await self.say(tasks=[task])
            return JSONResponse(detail(task))
