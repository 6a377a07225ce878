"""The wiring of alerting, and nothing else."""

from park_chassis.chassis import Chassis
from park_chassis.clock import now

from alerting import api
from alerting.consumers import Consumers
from alerting.domain.policy import shipped_policy
from alerting.notifier import Notifier
from alerting.settings import Settings
from alerting.store.policies import PolicyCache, ensure_first_policy
from alerting.timers import Timers
from alerting.webhook_sender import WebhookSender


def build(settings: Settings) -> Chassis:
    """Return the service; no connection is made here."""
    chassis = Chassis(settings, title_zh="告警", title_en="Alerting")
    policies = PolicyCache()

    async def seed_policy() -> None:
        async with chassis.database.transaction() as tx:
            await ensure_first_policy(tx, shipped_policy(), now())

    chassis.router(api.router(chassis.database, policies, settings))
    for event_type, handler in Consumers(policies).table().items():
        chassis.on_event(event_type, handler)
    chassis.on_start(seed_policy)
    chassis.background("timers", Timers(chassis.database, policies, poll_s=settings.timer_poll_s).run)
    chassis.background("notifier", Notifier(chassis.database, settings).run)
    chassis.background("webhook-sender", WebhookSender(chassis.database, settings).run)
    chassis.relay_outbox()
    return chassis
