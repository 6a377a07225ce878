"""Examples of what comes from devices and goes to them."""

from datetime import timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from park_schemas.codes import (
    DataOrigin,
    Period,
    SessionState,
)
from park_schemas.examples.people_and_times import AT, CONNECTION, HOUR, MN, POINT, later
from park_schemas.telemetry import (
    CommandChanged,
    CommandFinished,
    CommandRequested,
    CredentialChanged,
    DeviceInfoReported,
    FrameRejected,
    Measurement,
    ReadingsReported,
    SessionChanged,
    SplitSetIncomplete,
)

READINGS = ReadingsReported(
    mn=MN,
    point_id=POINT,
    edition="2017",
    system_type="32",
    command="2011",
    period=Period.REALTIME,
    data_time=HOUR,
    received_at=AT,
    measurements=[
        Measurement(factor="w01018", values={"Rtd": "180.3"}, mark="N"),
        Measurement(factor="w01001", values={"Rtd": "7.21"}, mark="N"),
    ],
    request_id="20260301090506250",
)
LATE_HOUR = replace(
    READINGS,
    command="2061",
    period=Period.HOUR,
    measurements=[Measurement(factor="w01018", values={"Min": "170", "Avg": "176.4", "Max": "181", "Cou": "52.9"})],
    supplementary=True,
    incomplete=True,
    deviations=["lowercase-crc"],
    origin=DataOrigin.SUPPLEMENTARY,
)
INCOMPLETE_SET = SplitSetIncomplete(
    mn=MN,
    point_id=POINT,
    command="2061",
    data_time=HOUR,
    packets=3,
    received=[1, 3],
    missing=[2],
    reason="deadline",
    recorded_at=AT,
)
REJECTED = FrameRejected(
    peer="10.20.30.40:51234",
    reason="crc-mismatch",
    detail="the frame says 1C80, its bytes give 0759",
    received_at=AT,
    raw=b"##0006ABCDEF1C80\r\n",
)
ONLINE = SessionChanged(
    mn=MN,
    state=SessionState.ONLINE,
    changed_at=AT,
    peer="10.20.30.40:51234",
    connection_id=CONNECTION,
    last_frame_at=AT,
    frames=1,
    point_id=POINT,
    edition="2017",
)
STRANGER = SessionChanged(
    mn="UNKNOWN00000000000000001",
    state=SessionState.UNREGISTERED,
    changed_at=AT,
    peer="10.20.30.41:40000",
    connection_id=CONNECTION,
    frames=3,
)
DEVICE_INFO = DeviceInfoReported(
    mn=MN,
    point_id=POINT,
    command="3020",
    system_type="32",
    received_at=AT,
    items=[{"DataTime": "20260301090500"}, {"PolId": "w01018"}, {"i12001-Info": "0"}],
    data_time=HOUR + timedelta(hours=1, minutes=5),
    request_id="20260301090507250",
)
CLOCK_SET = CommandFinished(
    command_id=UUID("019c0000-0000-7000-8000-000000000c01"),
    mn=MN,
    command="1012",
    outcome="succeeded",
    finished_at=AT,
    code=1,
    request_id="20260301090507251",
    requested_by="gateway",
)
SAMPLE_ASKED = CommandRequested(
    mn=MN,
    command="3022",
    reason="超标留样",
    requested_by="source-monitoring",
    parameters=[{"PolId": "w01018"}],
    expires_at=AT + timedelta(minutes=30),
)
COMMAND = UUID("019c0000-0000-7000-8000-000000000c02")
SAMPLE_SENT = CommandChanged(
    command_id=COMMAND,
    mn=MN,
    command="3022",
    state="sent",
    changed_at=AT,
    requested_by="source-monitoring",
    reason="超标留样",
    attempts=1,
    gateway="hj212-gateway-0",
)
SAMPLE_INVALID = CommandFinished(
    command_id=COMMAND,
    mn=MN,
    command="3022",
    outcome="invalid",
    finished_at=AT,
    requested_by="source-monitoring",
    reason="超标留样",
    detail="edition 2017 has no command 3022 towards a device",
    transcript=f"/commands/{COMMAND}",
)
NEW_PASSWORD = CredentialChanged(
    mn=MN, kind="password", value="654321", changed_at=AT, command_id=COMMAND, requested_by="officer"
)

EXAMPLES: dict[str, tuple[Struct, ...]] = {
    "telemetry.readings.reported": (READINGS, LATE_HOUR),
    "telemetry.split-set.incomplete": (INCOMPLETE_SET,),
    "telemetry.frame.rejected": (REJECTED,),
    "telemetry.device-info.reported": (DEVICE_INFO,),
    "telemetry.command.requested": (SAMPLE_ASKED,),
    "telemetry.command.changed": (SAMPLE_SENT,),
    "telemetry.command.finished": (CLOCK_SET, SAMPLE_INVALID),
    "telemetry.credential.changed": (NEW_PASSWORD,),
    "telemetry.session.changed": (
        ONLINE,
        replace(ONLINE, state=SessionState.OFFLINE, changed_at=later(9), reason="idle", frames=18),
        STRANGER,
    ),
}
