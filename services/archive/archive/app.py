"""The wiring of the archive."""

from park_chassis.chassis import Chassis
from park_chassis.clock import now

from archive import api, consumers, imports_api, park_store, registry, standards_api, store
from archive.settings import Settings


def build(settings: Settings) -> Chassis:
    """Return the archive, ready to serve."""
    chassis = Chassis(settings, title_zh="园区档案", title_en="Archive")
    chassis.router(imports_api.router(chassis.database, settings))
    chassis.router(standards_api.router())
    chassis.router(api.router(chassis.database, settings))
    chassis.on_event("telemetry.credential.changed", consumers.on_credential)
    chassis.relay_outbox()

    async def republish() -> None:
        async with chassis.database.transaction() as tx:
            await store.lock_for_writing(tx)
            stored = await park_store.park(tx)
            if stored is not None:
                await registry.state_everything(tx, stored.park.park_id, now())

    if settings.republish_on_start:
        chassis.on_start(republish)
    return chassis
