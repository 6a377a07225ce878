"""The wiring of sharing-exchange, and nothing else."""

from park_chassis.chassis import Chassis

from sharing_exchange import api, consumers
from sharing_exchange.client_administration import ClientAdministration
from sharing_exchange.housekeeping import Housekeeping
from sharing_exchange.pulling import Pulling
from sharing_exchange.settings import Settings


def build(settings: Settings) -> Chassis:
    """Return the service, not connected to anything."""
    chassis = Chassis(settings, title_zh="数据共享交换", title_en="Sharing exchange")
    database = chassis.database
    chassis.router(api.public_router(Pulling(database), settings.most_records))
    chassis.router(api.administration_router(ClientAdministration(database), database))
    for event_type, handler in consumers.handlers(settings.readings_retention).items():
        chassis.on_batch(event_type, handler)
    chassis.background("housekeeping", Housekeeping(settings, database).run)
    chassis.relay_outbox()
    return chassis
