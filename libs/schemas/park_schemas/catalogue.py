"""The one table of topics and the one table of event types. Contracts, topic creation and consumers all read these."""

from dataclasses import dataclass

from msgspec import Struct

from park_schemas.alarms import Alarm, NotificationSent
from park_schemas.assessments import AssessmentMade, LongResultStated, ReviewStated
from park_schemas.exchange import DeliveryRecorded
from park_schemas.registry import DeviceRecord, EnterpriseRecord, PointRecord
from park_schemas.supervision import FindingRecorded
from park_schemas.tasks import Task
from park_schemas.telemetry import (
    CommandChanged,
    CommandFinished,
    CommandRequested,
    CredentialChanged,
    DeviceInfoReported,
    FrameRejected,
    ReadingsReported,
    SessionChanged,
    SplitSetIncomplete,
)


@dataclass(frozen=True)
class Topic:
    """A Kafka topic. `consumers` are the services that read it; a test holds it against their subscriptions."""

    name: str
    key: str
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    partitions: int = 6
    compacted: bool = False
    retention_days: int = 7
    public: bool = False


@dataclass(frozen=True)
class EventType:
    """One CloudEvents `ce_type`: which body it has, on which topic it travels, and when it is recorded."""

    name: str
    body: type[Struct]
    topic: str
    when: str


_JUDGES = ("quality", "source-monitoring")

TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        Topic(
            "registry.points.v1",
            "point id",
            ("archive",),
            ("quality", "source-monitoring", "alerting", "api-gateway", "sharing-exchange"),
            partitions=1,
            compacted=True,
        ),
        Topic("registry.devices.v1", "MN", ("archive",), ("hj212-gateway",), partitions=1, compacted=True),
        Topic(
            "registry.enterprises.v1",
            "enterprise id",
            ("archive",),
            ("sharing-exchange",),
            partitions=1,
            compacted=True,
        ),
        Topic(
            "telemetry.readings.v1",
            "MN",
            ("hj212-gateway",),
            (*_JUDGES, "api-gateway", "sharing-exchange"),
            partitions=12,
        ),
        Topic("telemetry.rejected.v1", "MN or peer", ("hj212-gateway",), ()),
        Topic("telemetry.sessions.v1", "MN", ("hj212-gateway",), ("api-gateway", "quality", "source-monitoring")),
        Topic("telemetry.device-info.v1", "MN", ("hj212-gateway",), ("source-monitoring",)),
        Topic("telemetry.commands.v1", "MN", ("source-monitoring",), ("hj212-gateway",)),
        Topic("telemetry.command-results.v1", "MN", ("hj212-gateway",), ("archive",)),
        Topic("supervision.findings.v1", "subject id", _JUDGES, ("alerting",)),
        Topic(
            "alerting.alarms.v1",
            "alarm id",
            ("alerting",),
            ("task-dispatch", "api-gateway", "sharing-exchange"),
            retention_days=30,
            public=True,
        ),
        Topic("alerting.notifications.v1", "alarm id", ("alerting",), ("api-gateway",)),
        Topic(
            "tasks.tasks.v1",
            "task id",
            ("task-dispatch",),
            ("alerting", "api-gateway", "sharing-exchange"),
            retention_days=30,
        ),
        Topic("quality.assessments.v1", "point id", ("quality",), ()),
        Topic("source.assessments.v1", "point id", ("source-monitoring",), ()),
        Topic("exchange.deliveries.v1", "client id", ("sharing-exchange",), ()),
    )
}

EVENT_TYPES: dict[str, EventType] = {
    event.name: event
    for event in (
        EventType("registry.point.stated", PointRecord, "registry.points.v1", "a point was created or changed"),
        EventType("registry.device.stated", DeviceRecord, "registry.devices.v1", "a device was created or changed"),
        EventType(
            "registry.enterprise.stated",
            EnterpriseRecord,
            "registry.enterprises.v1",
            "an enterprise was created or changed",
        ),
        EventType(
            "telemetry.readings.reported",
            ReadingsReported,
            "telemetry.readings.v1",
            "a registered device's data frame passed every check",
        ),
        EventType(
            "telemetry.split-set.incomplete",
            SplitSetIncomplete,
            "telemetry.readings.v1",
            "packets of a split message were missing at the deadline",
        ),
        EventType(
            "telemetry.frame.rejected",
            FrameRejected,
            "telemetry.rejected.v1",
            "received bytes were not taken",
        ),
        EventType("telemetry.session.changed", SessionChanged, "telemetry.sessions.v1", "a device came or went"),
        EventType(
            "telemetry.device-info.reported",
            DeviceInfoReported,
            "telemetry.device-info.v1",
            "a device reported parameters, states, logs or serial numbers",
        ),
        EventType(
            "telemetry.command.requested",
            CommandRequested,
            "telemetry.commands.v1",
            "somebody asks for a command to a device",
        ),
        EventType(
            "telemetry.command.changed",
            CommandChanged,
            "telemetry.command-results.v1",
            "a command to a device moved on",
        ),
        EventType(
            "telemetry.credential.changed",
            CredentialChanged,
            "telemetry.command-results.v1",
            "a device uses a new password or key",
        ),
        EventType(
            "telemetry.command.finished",
            CommandFinished,
            "telemetry.command-results.v1",
            "a command to a device ended",
        ),
        EventType(
            "supervision.finding.recorded",
            FindingRecorded,
            "supervision.findings.v1",
            "a value broke a rule, or keeps it again",
        ),
        EventType("alerting.alarm.raised", Alarm, "alerting.alarms.v1", "an episode began"),
        EventType("alerting.alarm.updated", Alarm, "alerting.alarms.v1", "the episode went on at the same level"),
        EventType("alerting.alarm.escalated", Alarm, "alerting.alarms.v1", "the level rose"),
        EventType("alerting.alarm.acknowledged", Alarm, "alerting.alarms.v1", "a person took notice of it"),
        EventType("alerting.alarm.assigned", Alarm, "alerting.alarms.v1", "a person was named to look after it"),
        EventType(
            "alerting.alarm.suppressed", Alarm, "alerting.alarms.v1", "a person said why it is not told for a while"
        ),
        EventType("alerting.alarm.linked", Alarm, "alerting.alarms.v1", "a task was made for it"),
        EventType("alerting.alarm.resolved", Alarm, "alerting.alarms.v1", "the cause was gone, with hysteresis"),
        EventType(
            "alerting.alarm.reopened", Alarm, "alerting.alarms.v1", "the cause came back, or a person opened it again"
        ),
        EventType("alerting.alarm.closed", Alarm, "alerting.alarms.v1", "it was closed with a reason"),
        EventType(
            "alerting.notification.sent",
            NotificationSent,
            "alerting.notifications.v1",
            "somebody was told of an alarm",
        ),
        EventType("tasks.task.created", Task, "tasks.tasks.v1", "a task was made"),
        EventType("tasks.task.dispatched", Task, "tasks.tasks.v1", "it was given to an owner"),
        EventType("tasks.task.signed", Task, "tasks.tasks.v1", "the owner signed for it"),
        EventType("tasks.task.arrived", Task, "tasks.tasks.v1", "the owner was on site"),
        EventType(
            "tasks.task.handled", Task, "tasks.tasks.v1", "the owner did what was to be done, the report is still due"
        ),
        EventType("tasks.task.reported", Task, "tasks.tasks.v1", "the owner reported what was done"),
        EventType("tasks.task.verified", Task, "tasks.tasks.v1", "another person verified the report"),
        EventType("tasks.task.returned", Task, "tasks.tasks.v1", "the report was sent back"),
        EventType("tasks.task.refused", Task, "tasks.tasks.v1", "the owner refused it with a reason"),
        EventType("tasks.task.transferred", Task, "tasks.tasks.v1", "it was given to another owner"),
        EventType("tasks.task.joined", Task, "tasks.tasks.v1", "others were set to work on it beside its owner"),
        EventType("tasks.task.extension-requested", Task, "tasks.tasks.v1", "the owner asked for a later deadline"),
        EventType("tasks.task.extension-rejected", Task, "tasks.tasks.v1", "the later deadline was not granted"),
        EventType("tasks.task.extended", Task, "tasks.tasks.v1", "the deadline was moved"),
        EventType("tasks.task.urged", Task, "tasks.tasks.v1", "its owner was urged"),
        EventType("tasks.task.overdue", Task, "tasks.tasks.v1", "the deadline passed, or the clock of a step ran out"),
        EventType("tasks.task.closed", Task, "tasks.tasks.v1", "it was closed with an outcome"),
        EventType("tasks.task.cancelled", Task, "tasks.tasks.v1", "it was withdrawn with a reason"),
        EventType(
            "quality.assessment.made",
            AssessmentMade,
            "quality.assessments.v1",
            "an hour or a day was computed",
        ),
        EventType(
            "quality.long-result.stated",
            LongResultStated,
            "quality.assessments.v1",
            "a month, quarter or year was over, or changed afterwards",
        ),
        EventType("source.assessment.made", AssessmentMade, "source.assessments.v1", "an hour or a day was computed"),
        EventType(
            "source.long-result.stated",
            LongResultStated,
            "source.assessments.v1",
            "a month, quarter or year was over, or changed afterwards",
        ),
        EventType("source.review.stated", ReviewStated, "source.assessments.v1", "the review of a point's day moved"),
        EventType("exchange.delivery.recorded", DeliveryRecorded, "exchange.deliveries.v1", "a client pulled a page"),
    )
}


def event_types_on(topic: str) -> tuple[EventType, ...]:
    """Return the event types that travel on a topic, in the order of the table."""
    return tuple(event for event in EVENT_TYPES.values() if event.topic == topic)
