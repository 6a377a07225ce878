"""The wiring of commands, and of the passwords and keys they hand over, and nothing else."""

from collections.abc import Callable

from park_chassis.chassis import Chassis
from park_chassis.secret_box import SecretBox
from park_schemas.registry import DeviceRecord

from hj212_gateway import command_api, command_list_api, frame_api, key_api
from hj212_gateway.command_desk import CommandDesk
from hj212_gateway.command_queue import CommandQueue
from hj212_gateway.command_retention import CommandRetention
from hj212_gateway.command_secrets import CommandSecrets
from hj212_gateway.commander import Commander
from hj212_gateway.gateway import Gateway
from hj212_gateway.key_handover import KeyHandover
from hj212_gateway.password_handover import PasswordHandover
from hj212_gateway.settings import Settings


def take_commands(
    chassis: Chassis,
    settings: Settings,
    gateway: Gateway,
    device_of: Callable[[str], DeviceRecord | None],
    name: str,
) -> Commander:
    """Take requests for commands, carry them out, hand over passwords and keys; return the commander."""
    database = chassis.database
    box = SecretBox(settings.secrets_keys.get_secret_value(), settings.auth_secret.get_secret_value(), settings.service)
    secrets = CommandSecrets(box)
    keys = KeyHandover(database, gateway.keys, box, old_for=settings.old_key_for)
    passwords = PasswordHandover(database, gateway.credentials, device_of, old_for=settings.old_password_for)
    queue = CommandQueue(database, name, secrets, (passwords, keys), lease=settings.command_lease)
    commander = Commander(
        queue,
        gateway,
        gateway.credentials,
        gateway.keys,
        settings_of=settings.session_settings,
        hide_new_keys=settings.hide_new_keys,
    )
    gateway.dialogues = commander
    desk = CommandDesk(device_of, secrets, frozenset(settings.approval_commands), commander.wake)
    retention = CommandRetention(
        database, transcripts=settings.transcripts_kept_for, evidence=settings.evidence_kept_for
    )
    chassis.router(command_api.router(database, desk))
    chassis.router(command_list_api.router(database))
    chassis.router(key_api.router(database, keys, device_of))
    chassis.router(frame_api.router(database, keys))
    chassis.on_event("telemetry.command.requested", desk.on_requested)
    chassis.on_start(keys.seal_anew)
    chassis.on_start(queue.refresh_handovers)
    chassis.background("commands", commander.run)
    chassis.background("command retention", retention.run)
    return commander
