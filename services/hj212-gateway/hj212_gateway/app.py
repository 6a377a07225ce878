"""The wiring of the gateway, and nothing else."""

from park_chassis.chassis import Chassis
from park_schemas.registry import DeviceRecord

from hj212_gateway import (
    chain_api,
    evidence_api,
    key_list_api,
    rejected_api,
    session_api,
    stranger_api,
)
from hj212_gateway.access import Access
from hj212_gateway.command_wiring import take_commands
from hj212_gateway.domain.device_keys import DeviceKeys
from hj212_gateway.domain.evidence_signature import Signer
from hj212_gateway.evidence_recorder import EvidenceRecorder
from hj212_gateway.evidence_retention import EvidenceRetention
from hj212_gateway.gateway import TOPICS, Gateway
from hj212_gateway.listening import Listening
from hj212_gateway.outlet import Outlet
from hj212_gateway.publisher import Broker, Publisher
from hj212_gateway.record_wiring import keep_records
from hj212_gateway.records import Records
from hj212_gateway.rejections import Rejections
from hj212_gateway.settings import Settings
from hj212_gateway.spool_files import SpoolFiles


def build(settings: Settings) -> Chassis:
    """Return the gateway as data; it listens once the device register has been read to its end."""
    chassis = Chassis(settings, title_zh="数采网关", title_en="HJ 212 gateway")
    chassis.router(rejected_api.router(chassis.database))
    chassis.router(stranger_api.router(chassis.database, chassis.peers))
    signer = Signer(settings.evidence_signing_key.read_bytes()) if settings.evidence_signing_key else None
    chassis.router(evidence_api.router(chassis.database, signer))
    chassis.router(chain_api.router(chassis.database))
    retention = EvidenceRetention(
        chassis.database, kept_for=settings.evidence_kept_for, folder=settings.evidence_folder, signer=signer
    )
    chassis.background("evidence retention", retention.run)
    chassis.publishes()
    devices = chassis.view("registry.devices.v1", DeviceRecord)
    chassis.router(session_api.router(chassis.database, devices.values, devices.get))
    chassis.router(key_list_api.router(chassis.database, devices.values))
    rejections = Rejections()
    name = settings.instance_id or settings.service
    evidence = EvidenceRecorder(chassis.database, name, most_bytes=settings.evidence_max_bytes)
    access = Access(
        allowed=settings.allowed_networks,
        proxies=settings.proxy_networks,
        strangers_per_minute=settings.strangers_per_minute,
    )
    records = Records(split_wait_s=settings.split_wait.total_seconds(), look_back=settings.gap_look_back)
    keys = DeviceKeys(old_for=settings.old_key_for)
    gateway = Gateway(
        devices,
        rejections,
        access,
        evidence,
        records,
        keys,
        max_connections=settings.max_connections,
        max_waiting_bytes=settings.max_waiting_bytes,
        trace_sample_ratio=settings.trace_sample_ratio,
    )

    commander = take_commands(chassis, settings, gateway, devices.get, name)
    chassis.ready_before_consumers()  # loggers must not wait for a consumer group to settle

    writer = keep_records(chassis, settings, gateway, commander, devices.get)

    def open_outlet() -> Outlet:
        broker = Broker(chassis.producer)
        publishers = {topic: Publisher(broker, topic, on_batch_done=gateway.progress) for topic in TOPICS}
        spool = (
            SpoolFiles(settings.spool_dir / name, most_bytes=settings.spool_max_bytes) if settings.spool_dir else None
        )
        return Outlet(
            publishers, spool, spool_after_s=settings.spool_after.total_seconds(), on_progress=gateway.progress
        )

    listening = Listening(settings, chassis.database, gateway, rejections, evidence, access, commander, open_outlet)
    devices.listen(listening.device_changed)
    chassis.on_start(listening.start)
    chassis.on_stop(listening.stop)
    chassis.on_stop(writer.write)
    chassis.on_stop(commander.stop)
    chassis.background("outlet", listening.run_outlet)
    chassis.background("evidence", evidence.run)
    chassis.background("store presence", listening.store_changes)
    chassis.relay_outbox()
    chassis.background("watch", listening.watch)
    chassis.background("prune", listening.prune)
    chassis.ready_when("listening", lambda: bool(listening.servers))
    return chassis
