"""What alerting counts, beside the figures of every service. Ids are never labels."""

from prometheus_client import Counter, Histogram

FINDINGS = Counter("park_alerting_findings", "Findings taken in, by what came of them", ["outcome"])
CHANGES = Counter("park_alerting_alarm_changes", "Steps in the life of alarms", ["step", "level"])
TIMERS_FIRED = Counter("park_alerting_timers_fired", "Timers that did their work", ["kind"])
NOTIFIED = Counter("park_alerting_notifications", "Notifications in the app", ["level"])
WEBHOOK_ATTEMPTS = Counter("park_alerting_webhook_attempts", "Webhook calls, by result", ["result"])
WEBHOOK_DEAD = Counter("park_alerting_webhook_dead", "Webhook deliveries given up")
FINDING_TO_ALARM_SECONDS = Histogram(
    "park_alerting_finding_to_alarm_seconds",
    "From the finding's recording to the alarm's change",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30),
)
MESSAGE_ATTEMPTS = Counter(
    "park_alerting_message_attempts", "E-mails, SMS and chat messages tried, by result", ["kind", "result"]
)
MESSAGES_DEAD = Counter("park_alerting_messages_dead", "Messages outside the app given up", ["kind"])
