"""Create the platform's topics: `python -m park_chassis.topics` (PARK_KAFKA_BOOTSTRAP_SERVERS, PARK_KAFKA_REPLICATION)."""

import asyncio
import os
import sys

from park_chassis.kafka import create_topics


def main() -> None:
    servers = os.environ.get("PARK_KAFKA_BOOTSTRAP_SERVERS")
    if servers is None:
        sys.exit("topics needs PARK_KAFKA_BOOTSTRAP_SERVERS")
    created = asyncio.run(create_topics(servers, replication=int(os.environ.get("PARK_KAFKA_REPLICATION", "1"))))
    sys.stdout.write(f"created {len(created)} topics\n")


if __name__ == "__main__":
    main()
