"""The times without link: they tell a lost link from data that is missing."""

from park_chassis.database import Connection
from park_schemas.codes import SessionState
from park_schemas.telemetry import SessionChanged


async def keep(tx: Connection, session: SessionChanged) -> None:
    """Open an outage when a device goes, close it when it comes back."""
    if session.state is SessionState.OFFLINE:
        await tx.execute(
            "insert into link_outages (mn, point_id, since) values ($1, $2, $3) on conflict do nothing",
            session.mn, session.point_id, session.changed_at,
        )  # fmt: skip
    elif session.state is SessionState.ONLINE:
        await tx.execute(
            "update link_outages set until = $2 where mn = $1 and until is null and since < $2",
            session.mn, session.changed_at,
        )  # fmt: skip
