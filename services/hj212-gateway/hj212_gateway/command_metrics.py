"""Figures of commands."""

from prometheus_client import Counter, Gauge, Histogram

ENDED = Counter("park_gateway_commands_ended", "Commands to devices by outcome", ["outcome"])
REQUEUED = Counter("park_gateway_commands_requeued", "Commands queued again: connection lost, gateway crashed", ["why"])
RUNNING = Gauge("park_gateway_commands_running", "Commands whose dialogue is going on here")
OPEN = Gauge("park_gateway_commands_open", "Commands that have not ended, of the whole platform", ["state"])
HANDOVERS_READ = Counter("park_gateway_handovers_read", "Times the passwords and keys being handed over were read")
DIALOGUE_SECONDS = Histogram(
    "park_gateway_command_seconds", "Command sent to its end", buckets=(0.1, 0.5, 1, 2, 5, 10, 20, 40, 80, 160)
)
