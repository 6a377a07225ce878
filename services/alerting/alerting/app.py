"""The wiring of alerting, and nothing else."""

from park_chassis.chassis import Chassis
from park_chassis.clock import now
from park_chassis.secret_box import SecretBox
from park_schemas.registry import PointRecord

from alerting import api
from alerting.consumers import Consumers
from alerting.domain.message_templates import shipped_templates
from alerting.domain.policy import shipped_policy
from alerting.message_sender import MessageSender
from alerting.notifier import Notifier
from alerting.sealing import seal_all
from alerting.settings import Settings
from alerting.store.channels import ensure_templates
from alerting.store.policies import PolicyCache, ensure_first_policy
from alerting.surroundings import Surroundings
from alerting.timers import Timers
from alerting.webhook_sender import WebhookSender


def build(settings: Settings) -> Chassis:
    """Return the service; no connection is made here."""
    chassis = Chassis(settings, title_zh="告警", title_en="Alerting")
    policies = PolicyCache()
    box = SecretBox(settings.secrets_keys.get_secret_value(), settings.auth_secret.get_secret_value(), settings.service)

    async def seed() -> None:
        async with chassis.database.transaction() as tx:
            await ensure_first_policy(tx, shipped_policy(), now())
            await ensure_templates(tx, shipped_templates(), now())
            await seal_all(tx, box)

    points = chassis.view("registry.points.v1", PointRecord)
    surroundings = Surroundings(chassis.peers, points, poll_s=settings.circumstances_poll_s)
    chassis.router(api.router(chassis.database, policies, settings, box))
    consumers = Consumers(policies, surroundings)
    chassis.on_batch("supervision.finding.recorded", consumers.on_findings)
    for event_type, handler in consumers.table().items():
        chassis.on_event(event_type, handler)
    chassis.on_start(seed)
    chassis.background("timers", Timers(chassis.database, policies, poll_s=settings.timer_poll_s).run)
    chassis.background("surroundings", surroundings.run)
    chassis.background("notifier", Notifier(chassis.database, settings).run)
    chassis.background("webhook-sender", WebhookSender(chassis.database, settings, box).run)
    chassis.background("message-sender", MessageSender(chassis.database, settings, box).run)
    chassis.relay_outbox()
    return chassis
