"""The wiring of api-gateway, and nothing else."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from park_chassis.auth import TokenIssuer
from park_chassis.chassis import Chassis
from park_schemas.registry import PointRecord
from starlette.middleware.gzip import GZipMiddleware

from api_gateway.accounts import Accounts
from api_gateway.api import (
    audit,
    auth,
    composing,
    compositions,
    forwarding,
    forwarding_answers,
    live,
    openapi,
    people,
    set_aside,
    users,
)
from api_gateway.audit_trail import AuditTrail
from api_gateway.domain.live_state import LiveState
from api_gateway.domain.rate_limit import RateLimit
from api_gateway.front_door import FrontDoor
from api_gateway.live_feed import TOPICS, LiveFeed
from api_gateway.live_hub import LiveHub
from api_gateway.settings import Settings
from api_gateway.upstream import ServiceAway, Upstream
from api_gateway.user_administration import UserAdministration

_CLEAN_UP_EVERY_S = 3600.0
_WORTH_COMPRESSING = 2048
"""Bytes. Answers that come compressed already (the console's pages, photos) are passed on as they are."""


def build(settings: Settings) -> Chassis:
    """Return the service, not connected to anything."""
    chassis = Chassis(settings, title_zh="统一接口网关", title_en="API gateway")
    database = chassis.database
    points = chassis.view("registry.points.v1", PointRecord)
    upstream = Upstream(chassis.peers)
    trail = AuditTrail(database, trusted_proxies=settings.trusted_proxies)
    accounts = Accounts(settings, database)
    state = LiveState(points.get)
    hub = LiveHub(settings, state)
    feed = LiveFeed(settings, upstream, state, hub.changed)
    hub.missing = feed.missing
    administration = UserAdministration(settings, database)
    limit = RateLimit(per_minute=settings.sign_in_per_minute, burst=settings.sign_in_per_minute)

    chassis.follows(*TOPICS)
    own: tuple[APIRouter, ...] = (
        auth.router(accounts, trail, limit),
        people.router(administration),
        users.router(administration, trail),
        audit.router(database),
        compositions.router(composing.Compositions(upstream, points)),
        set_aside.router(upstream),
        live.router(hub, accounts, TokenIssuer(settings.auth_secret.get_secret_value())),
        openapi.router(),
        forwarding.router(forwarding.Forwarder(upstream, points, trail)),  # last: it takes every path
    )
    for router in own:
        chassis.router(router)
    chassis.app.add_exception_handler(ServiceAway, _on_service_away)
    chassis.app.add_middleware(FrontDoor)
    chassis.app.add_middleware(GZipMiddleware, minimum_size=_WORTH_COMPRESSING, compresslevel=4)

    chassis.background("live-feed", feed.run)
    chassis.background("live-hub", hub.run)
    chassis.background("old-sessions", _hourly(accounts))
    chassis.on_stop(hub.close)
    chassis.on_stop(upstream.close)
    return chassis


async def _on_service_away(_: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceAway)  # noqa: S101 - registered for this class alone; narrows the type
    return forwarding_answers.away_answer(error)


def _hourly(accounts: Accounts) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        while True:
            await accounts.forget_old_sessions()
            await asyncio.sleep(_CLEAN_UP_EVERY_S)

    return work
