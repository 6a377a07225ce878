"""What the gateway says of the field, and what it is asked to tell the field. Key of all these topics: MN."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from park_schemas.codes import DataOrigin, Period, SessionState

POINT_HEADER = "ce_pointid"
"""CloudEvents extension attribute of telemetry.readings.reported: the point's id; readers pass over frames by it."""


class Measurement(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One factor of one frame.

    `values` maps the HJ 212 attribute (Rtd, Avg, Min, Max, Cou, ZsRtd, ZsAvg ..., RS, RT) to the exact decimal
    text of the wire; a value the device left empty is absent. `mark` is the data flag (HJ 212-2017 6.6.4).
    """

    factor: str
    values: dict[str, str]
    mark: str | None = None


class ReadingsReported(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when a registered device's data frame has passed length, CRC, MN and PW checks.

    The raw frame rides in the Kafka header `hj212-frame`. `data_time` is the device's DataTime read as park time:
    an instant for realtime data, the start of the interval for minute, hour and day data. The natural key is
    (mn, command, data_time, factor).
    """

    mn: str
    point_id: UUID
    edition: str
    system_type: str
    command: str
    period: Period
    data_time: datetime
    received_at: datetime
    measurements: list[Measurement]
    request_id: str | None = None
    """QN, when the frame carried one."""
    supplementary: bool = False
    """Re-sent by the device (补传), RF=1 or an answer to a history request."""
    incomplete: bool = False
    """A packet of a split set that is not whole although its deadline has passed."""
    deviations: list[str] = []
    origin: DataOrigin = DataOrigin.LIVE
    """Live, sent again by the device (RF=1, or an interval record long after its end), or the answer to a history request."""


class SplitSetIncomplete(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when packets of a split message (PNUM, PNO) are missing at the deadline; follows the packets that came.

    `received` and `missing` are PNO. The values that came are in their own `telemetry.readings.reported`. `reason` is
    `deadline` (nothing more came within the wait) or `too-many-open` (the gateway could not wait for more sets).
    """

    mn: str
    point_id: UUID
    command: str
    data_time: datetime
    packets: int
    """PNUM, how many packets the message has."""
    received: list[int]
    missing: list[int]
    reason: str
    recorded_at: datetime


class FrameRejected(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when received bytes were not taken. `raw` is kept whole (base64 in JSON, cut at 9 KiB with `cut` set).

    `reason` is a closed list: the library's framing and CRC reasons, and unknown-mn, wrong-password,
    inactive-device, no-data-time, unsupported-command.
    """

    peer: str
    reason: str
    detail: str
    received_at: datetime
    raw: bytes
    mn: str | None = None
    cut: bool = False


class SessionChanged(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when a device comes online, goes offline, or an unregistered MN first speaks (then again each minute)."""

    mn: str
    state: SessionState
    changed_at: datetime
    peer: str
    connection_id: UUID
    reason: str = ""
    """Why it went offline: closed-by-device, idle, replaced, gateway-stopped, connection-lost."""
    last_frame_at: datetime | None = None
    frames: int = 0
    point_id: UUID | None = None
    edition: str = ""
    takeovers: int = 0
    """Connections that have taken the device over from one another since the last such event (more than 1: two contend)."""
    other_peer: str = ""
    """The connection it was taken over from, or by."""
    clock_skew_s: float | None = None
    """How far the device's clock is ahead of ours, seconds."""
    clock_drift_s_per_day: float | None = None


class DeviceInfoReported(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when a registered device says something that is no reading: parameters, states, logs, serial numbers, times.

    `items` are the groups of CP in order, as text; the raw frame rides in the Kafka header `hj212-frame`.
    """

    mn: str
    point_id: UUID
    command: str
    system_type: str
    received_at: datetime
    items: list[dict[str, str]]
    data_time: datetime | None = None
    request_id: str | None = None


class CommandRequested(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request to send a command to a device (反控); the event's id is the id of the command, so twice is once.

    `parameters` are CP items in order, each a mapping of names to text; the gateway checks them against the device's edition.
    A command on the gateway's list of dangerous ones then waits for a person's approval, as one requested over HTTP does.
    """

    mn: str
    command: str
    reason: str
    requested_by: str
    parameters: list[dict[str, str]] = []
    expires_at: datetime | None = None
    """Not sent any more from then on; absent: an hour after the event's time."""
    requested_by_id: UUID | None = None


class CommandChanged(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when a command to a device has moved on and has not ended: awaiting-approval, queued or sent.

    A command that goes back to queued (its connection ended, its gateway crashed) says why in `detail`.
    """

    command_id: UUID
    mn: str
    command: str
    state: str
    changed_at: datetime
    requested_by: str
    reason: str
    attempts: int = 0
    gateway: str = ""
    decided_by: str = ""
    detail: str = ""


class CommandFinished(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when a command to a device has ended, however it did.

    `outcome`: succeeded, refused, failed, timed-out, no-answer, expired, rejected (no second person approved), cancelled, or
    invalid (a request by event that cannot be carried out; `detail` says why).
    `code` is the QnRtn or ExeRtn that decided it. `items` are the CP groups the device sent in reply, but for history data,
    which come as readings. `transcript` is where the gateway's API shows every frame of the dialogue.
    """

    command_id: UUID
    mn: str
    command: str
    outcome: str
    finished_at: datetime
    code: int | None = None
    request_id: str | None = None
    items: list[dict[str, str]] = []
    requested_by: str = ""
    reason: str = ""
    detail: str = ""
    attempts: int = 0
    decided_by: str = ""
    transcript: str = ""


class CredentialChanged(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Recorded when a device has proved that a new password (1072) or key (1014) is in force: it confirmed, or it used it.

    `kind` is password or key; `value` is the new password (HJ 212 itself sends passwords in clear), empty for a key: keys
    stay sealed in the gateway.
    """

    mn: str
    kind: str
    value: str
    changed_at: datetime
    command_id: UUID
    requested_by: str
