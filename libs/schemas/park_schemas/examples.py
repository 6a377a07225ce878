"""At least one example of every event, as bodies. They go into contracts/events and are never deleted while a version lives:
today's consumers must read all of them, and those of the last release (contracts/baseline)."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.assessments import (
    AssessmentMade,
    FactorAssessment,
    LongResultStated,
    QualityGrade,
    ReviewStated,
    TrophicGrade,
)
from park_schemas.codes import (
    AlarmLevel,
    AlarmState,
    DataOrigin,
    LongPeriod,
    Medium,
    Period,
    PointKind,
    SessionState,
    TaskState,
)
from park_schemas.exchange import DeliveryRecorded
from park_schemas.park_time import PARK_TIME_ZONE
from park_schemas.registry import DeviceRecord, EnterpriseRecord, LimitInForce, MonitoredFactor, PointRecord
from park_schemas.supervision import FindingRecorded
from park_schemas.tasks import Task
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

_PARK = UUID("019c0000-0000-7000-8000-000000000001")
_ENTERPRISE = UUID("019c0000-0000-7000-8000-0000000000e1")
_POINT = UUID("019c0000-0000-7000-8000-0000000000b1")
_STATION = UUID("019c0000-0000-7000-8000-0000000000b2")
_ALARM = UUID("019c0000-0000-7000-8000-0000000000a1")
_TASK = UUID("019c0000-0000-7000-8000-0000000000c1")
_FINDING = UUID("4b0d2a9e-8f0c-5f57-9c9e-1c52b3a5d001")
_CONNECTION = UUID("019c0000-0000-7000-8000-0000000000d1")
_CLIENT = UUID("019c0000-0000-7000-8000-0000000000f1")

_MN = "PARK0000000000000000DW01"
_HOUR = datetime(2026, 3, 1, 8, 0, tzinfo=PARK_TIME_ZONE)
_AT = datetime(2026, 3, 1, 1, 5, 7, 250_000, tzinfo=UTC)


def _later(minutes: int) -> datetime:
    return _AT + timedelta(minutes=minutes)


_LIMIT = LimitInForce(
    limit_id="demo-permit-DW001-w01018",
    factor="w01018",
    unit="mg/L",
    averaging="hour",
    standard="排污许可证(示例)",
    clause="表 5",
    valid_from=date(2025, 1, 1),
    upper="100",
    source="permit",
)
_POINT_RECORD = PointRecord(
    point_id=_POINT,
    park_id=_PARK,
    code="DW001",
    name_zh="一号废水总排口",
    name_en="Waste water outlet 1",
    medium=Medium.WASTE_WATER,
    longitude=120.6012,
    latitude=31.3044,
    enterprise_id=_ENTERPRISE,
    enterprise_name_zh="示例化工有限公司",
    enterprise_name_en="Example Chemicals",
    factors=[MonitoredFactor(factor="w01018", name_zh="化学需氧量", name_en="COD", unit="mg/L", decimals=1)],
    limits=[_LIMIT],
)
_FENCE_RECORD = replace(
    _POINT_RECORD,
    point_id=UUID("019c0000-0000-7000-8000-0000000000b3"),
    code="WZ001",
    name_zh="厂界无组织监控点",
    name_en="Fence point",
    medium=Medium.WASTE_GAS,
    factors=[MonitoredFactor(factor="a24088", name_zh="非甲烷总烃", name_en="NMHC", unit="mg/m3")],
    limits=[],
    point_kind=PointKind.FUGITIVE,
)
_STATION_RECORD = PointRecord(
    point_id=_STATION,
    park_id=_PARK,
    code="AQ001",
    name_zh="园区北门空气站",
    name_en="North gate air station",
    medium=Medium.AMBIENT_AIR,
    longitude=120.5961,
    latitude=31.3101,
    target_class="2",
    point_kind=PointKind.PARK_AIR,
)
_NOISE_RECORD = replace(
    _STATION_RECORD,
    point_id=UUID("019c0000-0000-7000-8000-0000000000b4"),
    code="NS001",
    name_zh="南界噪声站",
    name_en="South boundary noise station",
    medium=Medium.NOISE,
    factors=[
        MonitoredFactor(factor="Leq", name_zh="等效声级", name_en="Equivalent sound level", unit="dB(A)", decimals=1)
    ],
    target_class="3",
    point_kind=PointKind.ZONE_NOISE,
)
_DEVICE = DeviceRecord(
    mn=_MN,
    password="123456",  # noqa: S106 - an example, not a secret
    point_id=_POINT,
    park_id=_PARK,
    edition="2017",
    enterprise_id=_ENTERPRISE,
)
_ENTERPRISE_RECORD = EnterpriseRecord(
    enterprise_id=_ENTERPRISE,
    park_id=_PARK,
    name_zh="示例化工有限公司",
    name_en="Example Chemicals",
    credit_code="91320500EXAMPLE001",
    industry="C2614",
    longitude=120.6,
    latitude=31.3,
)
_READINGS = ReadingsReported(
    mn=_MN,
    point_id=_POINT,
    edition="2017",
    system_type="32",
    command="2011",
    period=Period.REALTIME,
    data_time=_HOUR,
    received_at=_AT,
    measurements=[
        Measurement(factor="w01018", values={"Rtd": "180.3"}, mark="N"),
        Measurement(factor="w01001", values={"Rtd": "7.21"}, mark="N"),
    ],
    request_id="20260301090506250",
)
_LATE_HOUR = replace(
    _READINGS,
    command="2061",
    period=Period.HOUR,
    measurements=[Measurement(factor="w01018", values={"Min": "170", "Avg": "176.4", "Max": "181", "Cou": "52.9"})],
    supplementary=True,
    incomplete=True,
    deviations=["lowercase-crc"],
    origin=DataOrigin.SUPPLEMENTARY,
)
_INCOMPLETE_SET = SplitSetIncomplete(
    mn=_MN,
    point_id=_POINT,
    command="2061",
    data_time=_HOUR,
    packets=3,
    received=[1, 3],
    missing=[2],
    reason="deadline",
    recorded_at=_AT,
)
_REJECTED = FrameRejected(
    peer="10.20.30.40:51234",
    reason="crc-mismatch",
    detail="the frame says 1C80, its bytes give 0759",
    received_at=_AT,
    raw=b"##0006ABCDEF1C80\r\n",
)
_ONLINE = SessionChanged(
    mn=_MN,
    state=SessionState.ONLINE,
    changed_at=_AT,
    peer="10.20.30.40:51234",
    connection_id=_CONNECTION,
    last_frame_at=_AT,
    frames=1,
    point_id=_POINT,
    edition="2017",
)
_STRANGER = SessionChanged(
    mn="UNKNOWN00000000000000001",
    state=SessionState.UNREGISTERED,
    changed_at=_AT,
    peer="10.20.30.41:40000",
    connection_id=_CONNECTION,
    frames=3,
)
_DEVICE_INFO = DeviceInfoReported(
    mn=_MN,
    point_id=_POINT,
    command="3020",
    system_type="32",
    received_at=_AT,
    items=[{"DataTime": "20260301090500"}, {"PolId": "w01018"}, {"i12001-Info": "0"}],
    data_time=_HOUR + timedelta(hours=1, minutes=5),
    request_id="20260301090507250",
)
_CLOCK_SET = CommandFinished(
    command_id=UUID("019c0000-0000-7000-8000-000000000c01"),
    mn=_MN,
    command="1012",
    outcome="succeeded",
    finished_at=_AT,
    code=1,
    request_id="20260301090507251",
    requested_by="gateway",
)
_SAMPLE_ASKED = CommandRequested(
    mn=_MN,
    command="3022",
    reason="超标留样",
    requested_by="source-monitoring",
    parameters=[{"PolId": "w01018"}],
    expires_at=_AT + timedelta(minutes=30),
)
_COMMAND = UUID("019c0000-0000-7000-8000-000000000c02")
_SAMPLE_SENT = CommandChanged(
    command_id=_COMMAND,
    mn=_MN,
    command="3022",
    state="sent",
    changed_at=_AT,
    requested_by="source-monitoring",
    reason="超标留样",
    attempts=1,
    gateway="hj212-gateway-0",
)
_SAMPLE_INVALID = CommandFinished(
    command_id=_COMMAND,
    mn=_MN,
    command="3022",
    outcome="invalid",
    finished_at=_AT,
    requested_by="source-monitoring",
    reason="超标留样",
    detail="edition 2017 has no command 3022 towards a device",
    transcript=f"/commands/{_COMMAND}",
)
_NEW_PASSWORD = CredentialChanged(
    mn=_MN, kind="password", value="654321", changed_at=_AT, command_id=_COMMAND, requested_by="officer"
)
_VIOLATED = FindingRecorded(
    finding_id=_FINDING,
    rule="exceedance",
    verdict="violated",
    park_id=_PARK,
    subject_id=_POINT,
    subject_name_zh="一号废水总排口",
    subject_name_en="Waste water outlet 1",
    medium=Medium.WASTE_WATER,
    period=Period.HOUR,
    period_start=_HOUR,
    period_end=_HOUR + timedelta(hours=1),
    recorded_at=_AT,
    explanation_zh="化学需氧量小时均值 180 mg/L,为限值 100 mg/L 的 1.80 倍",
    explanation_en="hourly mean of COD 180 mg/L is 1.80 times the limit of 100 mg/L",
    enterprise_id=_ENTERPRISE,
    enterprise_name_zh="示例化工有限公司",
    enterprise_name_en="Example Chemicals",
    mn=_MN,
    factor="w01018",
    factor_name_zh="化学需氧量",
    factor_name_en="COD",
    observed="180",
    limit="100",
    unit="mg/L",
    ratio=1.8,
    standard=_LIMIT.standard,
    clause=_LIMIT.clause,
    limit_id=_LIMIT.limit_id,
    statutory=True,
    longitude=120.6012,
    latitude=31.3044,
)
_WITHDRAWN = replace(
    _VIOLATED,
    finding_id=UUID("4b0d2a9e-8f0c-5f57-9c9e-1c52b3a5d002"),
    verdict="complied",
    explanation_zh="该小时由工况标记“启炉”豁免,原超标结论撤销",
    explanation_en="the hour is exempt by the condition mark startup: the exceedance told before stands no more",
    observed=None,
    ratio=None,
    withdraws=_FINDING,
)
_TOLD_AGAIN = replace(_VIOLATED, finding_id=UUID("4b0d2a9e-8f0c-5f57-9c9e-1c52b3a5d003"), reinstates=_FINDING)
_RAISED = Alarm(
    alarm_id=_ALARM,
    version=1,
    number="AL-20260301-0001",
    park_id=_PARK,
    rule="exceedance",
    level=AlarmLevel.ORANGE,
    state=AlarmState.ACTIVE,
    title_zh="一号废水总排口 化学需氧量超标",
    title_en="COD over its limit at waste water outlet 1",
    subject_id=_POINT,
    subject_name_zh="一号废水总排口",
    subject_name_en="Waste water outlet 1",
    medium=Medium.WASTE_WATER,
    started_at=_HOUR,
    last_seen_at=_HOUR,
    raised_at=_AT,
    changed_at=_AT,
    occurrences=1,
    finding_id=_FINDING,
    enterprise_id=_ENTERPRISE,
    enterprise_name_zh="示例化工有限公司",
    enterprise_name_en="Example Chemicals",
    factor="w01018",
    factor_name_zh="化学需氧量",
    factor_name_en="COD",
    observed="180",
    limit="100",
    unit="mg/L",
    ratio=1.8,
    peak_ratio=1.8,
    standard=_LIMIT.standard,
    clause=_LIMIT.clause,
    statutory=True,
    longitude=120.6012,
    latitude=31.3044,
)
_NOTIFICATION = NotificationSent(
    notification_id=UUID("019c0000-0000-7000-8000-000000000101"),
    alarm_id=_ALARM,
    channel="webhook",
    recipient="https://city.example/alarms",
    delivered=False,
    level=AlarmLevel.ORANGE,
    title_zh=_RAISED.title_zh,
    title_en=_RAISED.title_en,
    sent_at=_later(1),
    park_id=_PARK,
    enterprise_id=_ENTERPRISE,
    attempts=6,
    detail="connection refused",
)
_CREATED = Task(
    task_id=_TASK,
    version=1,
    number="TK-20260301-0001",
    park_id=_PARK,
    kind="exceedance-check",
    state=TaskState.CREATED,
    title_zh="核查 一号废水总排口 化学需氧量超标",
    title_en="Check COD over its limit at waste water outlet 1",
    priority=AlarmLevel.ORANGE,
    created_at=_AT,
    changed_at=_AT,
    due_at=_later(240),
    created_by="system",
    alarm_id=_ALARM,
    subject_id=_POINT,
    subject_name_zh="一号废水总排口",
    subject_name_en="Waste water outlet 1",
    enterprise_id=_ENTERPRISE,
    enterprise_name_zh="示例化工有限公司",
    longitude=120.6012,
    latitude=31.3044,
)
_ASSESSMENT = AssessmentMade(
    point_id=_POINT,
    period=Period.HOUR,
    period_start=_HOUR,
    revision=1,
    made_at=_later(60),
    factors=[
        FactorAssessment(
            factor="w01018",
            unit="mg/L",
            valid=True,
            valid_count=58,
            expected_count=60,
            mean="180",
            minimum="171",
            maximum="192",
            limit="100",
            ratio=1.8,
            compliant=False,
            standard=_LIMIT.standard,
            clause=_LIMIT.clause,
        ),
        FactorAssessment(factor="w01001", unit="", valid=False, valid_count=12, expected_count=60),
    ],
    park_id=_PARK,
    enterprise_id=_ENTERPRISE,
)
_LAKE_GRADE = QualityGrade(
    kind="water-class",
    value="Ⅳ",
    level=4,
    name_zh="轻度污染",
    name_en="light pollution",
    colour="#FFC000",
    standard="GB 3838-2002",
    primary=["w21011"],
    missing=["w01009"],
    trophic=TrophicGrade(
        index="52.3",
        name_zh="轻度富营养",
        name_en="light eutrophic",
        items=["w21011", "w21001", "w01019"],
        complete=False,
    ),
)
_LAYERED_FACTOR = FactorAssessment(
    factor="w01018",
    unit="mg/L",
    valid=False,
    valid_count=30,
    expected_count=60,
    reason="calibration",
    verdict="invalid",
    baseline="valid",
    raw="181",
    mark="N",
    marks={"C": 4},
    equipment_mark="dev_calibration",
    emission="1.250",
    substituted="2.5",
    substitution="maximum of the last 30 valid daily emissions",
)
_MONTH = LongResultStated(
    point_id=_POINT,
    park_id=_PARK,
    enterprise_id=_ENTERPRISE,
    period=LongPeriod.MONTH,
    first_day="2026-03-01",
    last_day="2026-03-31",
    version=1,
    revision=1,
    made_at=_later(60),
    factors=[
        FactorAssessment(
            factor="w01018",
            unit="mg/L",
            valid=True,
            valid_count=30,
            expected_count=31,
            mean="42.1",
            verdict="valid",
            emission="812.4",
            substituted="24.5",
        )
    ],
    days=31,
    final_days=12,
    final=False,
)


def _alarm(version: int, state: AlarmState, **changes: object) -> Alarm:
    changed: Alarm = replace(_RAISED, version=version, state=state, changed_at=_later(version), **changes)
    return changed


def _task(version: int, state: TaskState, **changes: object) -> Task:
    owned: dict[str, object] = {"assignee": "inspector", "assignee_name": "网格员 王磊"}
    changed: Task = replace(_CREATED, version=version, state=state, changed_at=_later(version), **{**owned, **changes})
    return changed


_SEEN: dict[str, object] = {"acknowledged_by": "officer", "acknowledged_at": _later(4)}

EXAMPLES: dict[str, tuple[Struct, ...]] = {
    "registry.point.stated": (_POINT_RECORD, _STATION_RECORD, _FENCE_RECORD, _NOISE_RECORD),
    "registry.device.stated": (_DEVICE,),
    "registry.enterprise.stated": (_ENTERPRISE_RECORD,),
    "telemetry.readings.reported": (_READINGS, _LATE_HOUR),
    "telemetry.split-set.incomplete": (_INCOMPLETE_SET,),
    "telemetry.frame.rejected": (_REJECTED,),
    "telemetry.device-info.reported": (_DEVICE_INFO,),
    "telemetry.command.requested": (_SAMPLE_ASKED,),
    "telemetry.command.changed": (_SAMPLE_SENT,),
    "telemetry.command.finished": (_CLOCK_SET, _SAMPLE_INVALID),
    "telemetry.credential.changed": (_NEW_PASSWORD,),
    "telemetry.session.changed": (
        _ONLINE,
        replace(_ONLINE, state=SessionState.OFFLINE, changed_at=_later(9), reason="idle", frames=18),
        _STRANGER,
    ),
    "supervision.finding.recorded": (
        _VIOLATED,
        replace(_VIOLATED, verdict="complied", observed="62", ratio=0.62, explanation_zh="恢复达标"),
        _WITHDRAWN,
        _TOLD_AGAIN,
    ),
    "alerting.alarm.raised": (_RAISED,),
    "alerting.alarm.updated": (_alarm(2, AlarmState.ACTIVE, occurrences=2),),
    "alerting.alarm.escalated": (_alarm(3, AlarmState.ACTIVE, level=AlarmLevel.RED, ratio=3.2, peak_ratio=3.2),),
    "alerting.alarm.acknowledged": (_alarm(4, AlarmState.ACKNOWLEDGED, **_SEEN),),
    "alerting.alarm.assigned": (
        _alarm(5, AlarmState.ACKNOWLEDGED, **_SEEN, assigned_to="zhang.wei", assigned_at=_later(5)),
    ),
    "alerting.alarm.suppressed": (
        _alarm(5, AlarmState.ACKNOWLEDGED, **_SEEN, muted="silence:01939d4e-6a00-7000-8000-0000000000f1"),
    ),
    "alerting.alarm.linked": (_alarm(5, AlarmState.ACKNOWLEDGED, **_SEEN, task_id=_TASK),),
    "alerting.alarm.resolved": (_alarm(6, AlarmState.RESOLVED, **_SEEN, resolved_at=_later(6)),),
    "alerting.alarm.reopened": (_alarm(7, AlarmState.ACTIVE, **_SEEN),),
    "alerting.alarm.closed": (
        _alarm(
            8,
            AlarmState.CLOSED,
            **_SEEN,
            task_id=_TASK,
            closed_at=_later(8),
            closed_by="officer",
            close_reason="handled",
        ),
    ),
    "alerting.notification.sent": (
        _NOTIFICATION,
        replace(_NOTIFICATION, channel="in-app", recipient="officer", delivered=True, attempts=1, detail=""),
    ),
    "tasks.task.created": (_CREATED,),
    "tasks.task.dispatched": (_task(2, TaskState.DISPATCHED),),
    "tasks.task.signed": (_task(3, TaskState.SIGNED),),
    "tasks.task.arrived": (_task(4, TaskState.ON_SITE),),
    "tasks.task.handled": (_task(5, TaskState.HANDLED, source="alarm", kind_version=2, cell="A-03"),),
    "tasks.task.reported": (_task(5, TaskState.REPORTED),),
    "tasks.task.verified": (_task(6, TaskState.VERIFIED, verified_by="officer"),),
    "tasks.task.returned": (_task(6, TaskState.RETURNED),),
    "tasks.task.refused": (_task(3, TaskState.REFUSED),),
    "tasks.task.transferred": (_task(4, TaskState.DISPATCHED, assignee="inspector2", assignee_name="网格员 李敏"),),
    "tasks.task.joined": (_task(4, TaskState.SIGNED, co_assignees=["inspector2"]),),
    "tasks.task.extension-requested": (_task(5, TaskState.ON_SITE, extension_until=_later(900)),),
    "tasks.task.extension-rejected": (_task(6, TaskState.ON_SITE),),
    "tasks.task.extended": (_task(5, TaskState.SIGNED, due_at=_later(600)),),
    "tasks.task.urged": (_task(5, TaskState.SIGNED),),
    "tasks.task.overdue": (_task(5, TaskState.SIGNED, overdue=True), _task(5, TaskState.SIGNED, missed=["arrive"])),
    "tasks.task.closed": (
        _task(
            7, TaskState.CLOSED, verified_by="officer", outcome="confirmed", outcome_note="已整改", closed_at=_later(7)
        ),
    ),
    "tasks.task.cancelled": (_task(2, TaskState.CANCELLED, outcome_note="重复派单", closed_at=_later(2)),),
    "quality.assessment.made": (
        replace(_ASSESSMENT, point_id=_STATION, enterprise_id=None),
        replace(_ASSESSMENT, point_id=_STATION, enterprise_id=None, grade=_LAKE_GRADE),
    ),
    "quality.long-result.stated": (replace(_MONTH, point_id=_STATION, enterprise_id=None, grade=_LAKE_GRADE),),
    "source.assessment.made": (
        _ASSESSMENT,
        replace(_ASSESSMENT, revision=2),
        replace(_ASSESSMENT, revision=3, review_state="approved", factors=[_LAYERED_FACTOR]),
    ),
    "source.long-result.stated": (_MONTH, replace(_MONTH, version=2, final_days=31, final=True)),
    "source.review.stated": (
        ReviewStated(
            point_id=_POINT,
            park_id=_PARK,
            enterprise_id=_ENTERPRISE,
            day="2026-03-01",
            version=2,
            state="approved",
            action="approve",
            changed_at=_AT,
            digest="0" * 64,
            actor="王审核",
        ),
    ),
    "exchange.delivery.recorded": (
        DeliveryRecorded(
            delivery_id=UUID("019c0000-0000-7000-8000-000000000201"),
            client_id=_CLIENT,
            client_name="city-platform",
            resource="alarms",
            records=100,
            cursor_before="",
            cursor_after="MTphbGFybXM6MTAw",
            delivered_at=_AT,
        ),
    ),
}
