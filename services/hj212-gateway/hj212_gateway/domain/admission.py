"""Who may speak: the MN must be registered and active, and PW must be the registered password (HJ 212-2017 6.3.2)."""

from enum import StrEnum
from hmac import compare_digest

from hj212 import Packet
from park_schemas.registry import DeviceRecord


class Refusal(StrEnum):
    """Why a frame that decoded well is not taken."""

    UNKNOWN_MN = "unknown-mn"
    INACTIVE_DEVICE = "inactive-device"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a reason, not a password
    NO_DATA_TIME = "no-data-time"
    UNSUPPORTED_COMMAND = "unsupported-command"


DETAILS: dict[Refusal, str] = {
    Refusal.UNKNOWN_MN: "MN is not in the device register",
    Refusal.INACTIVE_DEVICE: "the device is registered but switched off",
    Refusal.WRONG_PASSWORD: "PW differs from the registered password (HJ 212-2017 6.3.2)",
    Refusal.NO_DATA_TIME: "a data command needs DataTime (HJ 212-2017 table 4)",
    Refusal.UNSUPPORTED_COMMAND: "kept as evidence; no reading is taken from this command",
}


def admit(packet: Packet, device: DeviceRecord | None) -> Refusal | None:
    """Return why the packet may not come in, or None when it may."""
    if device is None:
        return Refusal.UNKNOWN_MN
    if not device.active:
        return Refusal.INACTIVE_DEVICE
    if packet.pw is None or not compare_digest(packet.pw.encode(), device.password.encode()):
        return Refusal.WRONG_PASSWORD
    return None
