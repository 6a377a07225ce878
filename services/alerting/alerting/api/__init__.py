"""HTTP of alerting: parse -> call -> shape."""

from fastapi import APIRouter
from park_chassis.database import Database
from park_chassis.secret_box import SecretBox

from alerting.api import (
    alarm_actions,
    alarms,
    channels,
    contacts,
    message_templates,
    messages,
    notifications,
    rosters,
    rules,
    silences,
    statistics,
    webhooks,
)
from alerting.settings import Settings
from alerting.store.policies import PolicyCache


def router(database: Database, policies: PolicyCache, settings: Settings, box: SecretBox) -> APIRouter:
    """Return every route of the service."""
    whole = APIRouter()
    for part in (
        statistics.router(database),
        alarms.router(database),
        alarm_actions.router(database, policies),
        notifications.router(database),
        rules.router(database, policies),
        silences.router(database),
        rosters.router(database),
        channels.router(database, box),
        message_templates.router(database),
        messages.router(database),
        contacts.router(database),
        webhooks.router(database, settings, box),
    ):
        whole.include_router(part)
    return whole
