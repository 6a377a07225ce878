"""Does a piece of alerting's work again and again, killed (SIGKILL) before its first, second ... statement, until it survives.

Run as a process of its own by test_escalation_killed.py: `python killed_at_each_statement.py timers|notifier <database url>`.
Prints how often it was killed. The statements include BEGIN and COMMIT, so every gap between two of them is tried.
"""

import asyncio
import os
import signal
import sys
from typing import Any

import asyncpg
from alerting.notifier import Notifier
from alerting.settings import Settings
from alerting.store.policies import PolicyCache
from alerting.timers import Timers
from park_chassis.database import Database
from pydantic import SecretStr


def kill_before(number: int) -> None:
    """Let this process be killed right before its statement of that number."""
    seen = 0

    def counted(inner: Any) -> Any:
        async def run(*given: Any, **named: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGKILL)
            return await inner(*given, **named)

        return run

    for name in ("execute", "_execute", "_executemany"):
        setattr(asyncpg.Connection, name, counted(getattr(asyncpg.Connection, name)))


async def work(what: str, url: str, number: int) -> None:
    """Do the work once."""
    database = Database(url, "alerting", pool_size=1)
    await database.open()
    kill_before(number)
    if what == "timers":
        await Timers(database, PolicyCache(), poll_s=1).fire_due()
    else:
        settings = Settings(
            database_url=SecretStr(url), kafka_bootstrap_servers="127.0.0.1:1", auth_secret=SecretStr("x" * 40),
            notify_wait_s=0,
        )  # fmt: skip
        await Notifier(database, settings).tell_due()
    os._exit(0)


def main() -> None:
    what, url = sys.argv[1:]
    number = 0
    while True:
        number += 1
        child = os.fork()
        if child == 0:
            asyncio.run(work(what, url, number))
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            break
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit("it failed instead of being killed")
    sys.stdout.write(f"{number - 1}\n")


if __name__ == "__main__":
    main()
