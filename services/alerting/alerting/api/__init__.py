"""HTTP of alerting: parse -> call -> shape."""

from fastapi import APIRouter
from park_chassis.database import Database

from alerting.api import alarms, notifications, rules, silences, webhooks
from alerting.settings import Settings
from alerting.store.policies import PolicyCache


def router(database: Database, policies: PolicyCache, settings: Settings) -> APIRouter:
    """Return every route of the service."""
    whole = APIRouter()
    whole.include_router(alarms.router(database, policies))
    whole.include_router(notifications.router(database))
    whole.include_router(rules.router(database, policies))
    whole.include_router(silences.router(database))
    whole.include_router(webhooks.router(database, settings))
    return whole
