"""What task-dispatch counts, beside the figures of every service. Ids are never labels."""

from prometheus_client import Counter

STEPS = Counter("park_task_dispatch_steps", "Steps in the life of tasks", ["step", "kind"])
ALARMS = Counter("park_task_dispatch_alarms", "Alarm versions taken in, by what came of them", ["outcome"])
OVERDUE = Counter("park_task_dispatch_overdue", "Deadlines that passed")
EVIDENCE_BYTES = Counter("park_task_dispatch_evidence_bytes", "Bytes of evidence taken in")
EVIDENCE_REFUSED = Counter("park_task_dispatch_evidence_refused", "Evidence refused, by reason", ["reason"])
REPEATED = Counter("park_task_dispatch_repeated_requests", "Requests answered from their Idempotency-Key")
PLAN_TASKS = Counter("park_task_dispatch_plan_tasks", "Tasks made by plans")
DOCUMENTS = Counter("park_task_dispatch_documents", "Documents printed, by kind", ["kind"])
