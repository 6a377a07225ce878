"""A broker without topics, for tests that expect to be alone."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from aiokafka.admin import AIOKafkaAdminClient

_PATIENCE_S = 20.0


def delete_all_topics(bootstrap_servers: str) -> None:
    """Delete every topic but Kafka's own, and wait until they are gone. Raises TimeoutError, KafkaError."""
    with ThreadPoolExecutor(1) as thread:  # the caller's thread may have an event loop running (Playwright keeps one)
        thread.submit(asyncio.run, _delete_all(bootstrap_servers)).result()


async def _delete_all(bootstrap_servers: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        async with asyncio.timeout(_PATIENCE_S):
            while topics := [name for name in await admin.list_topics() if not name.startswith("__")]:
                await admin.delete_topics(topics)
                await asyncio.sleep(0.1)
    finally:
        await admin.close()
