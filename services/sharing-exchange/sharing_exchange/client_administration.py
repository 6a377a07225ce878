"""Clients and their keys, kept by the administrator."""

from typing import Any
from uuid import UUID

from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import NotFound, Refused
from park_schemas.identifiers import uuid7

from sharing_exchange.domain.api_keys import hash_of, hint_of, is_well_formed, new_key
from sharing_exchange.domain.resources import RESOURCES
from sharing_exchange.store import clients
from sharing_exchange.store.clients import Client

DEFAULT_REQUESTS_PER_MINUTE = 120


class ClientAdministration:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def every(self) -> list[Client]:
        async with self._database.reading() as connection:
            return await clients.every(connection)

    async def create(
        self, name: str, resources: list[str], requests_per_minute: int, *, by: str, key: str | None = None
    ) -> tuple[Client, str]:
        """Store a client; return it with its key, which is shown this once.

        Raises Refused: 422 unknown resource or a given key that is too weak, 409 name or key taken.
        """
        refuse_unknown(resources)
        if key is not None and not is_well_formed(key):
            raise Refused(
                "weak-key", "密钥格式不符", "a key is park_ and 32 to 100 letters, digits, _ or -", status=422
            )
        shown = key or new_key()
        client = Client(
            client_id=uuid7(),
            name=name,
            key_hint=hint_of(shown),
            resources=sorted(set(resources)),
            requests_per_minute=requests_per_minute,
            active=True,
            created_at=now(),
            created_by=by,
        )
        async with self._database.transaction() as tx:
            if not await clients.insert(tx, client, hash_of(shown)):
                raise Refused("client-taken", f"客户端 {name} 已存在", f"the client name {name} or its key is taken")
        return client, shown

    async def ensure(self, name: str, resources: list[str], *, key: str) -> bool:
        """Make the client if its name is not there; True when it was made. Raises Refused when another key holds the name."""
        async with self._database.reading() as connection:
            of_key = await clients.by_key(connection, hash_of(key))
            of_name = await clients.by_name(connection, name)
        if of_name is None:
            await self.create(name, resources, DEFAULT_REQUESTS_PER_MINUTE, by="command-line", key=key)
            return True
        if of_key is None or of_key.client_id != of_name.client_id:
            raise Refused("client-taken", f"客户端 {name} 已有别的密钥", f"the client {name} has another key")
        return False

    async def change(self, client_id: UUID, changes: dict[str, Any]) -> Client:
        """Change a client. Raises NotFound, Refused (422) for an unknown resource."""
        if "resources" in changes:
            refuse_unknown(changes["resources"])
            changes["resources"] = sorted(set(changes["resources"]))
        async with self._database.transaction() as tx:
            known = await clients.by_id(tx, client_id)
            changed = await clients.change(tx, client_id, changes) if known and changes else known
        if changed is None:
            raise NotFound("客户端", "client", client_id)
        return changed


def refuse_unknown(resources: list[str]) -> None:
    """Raises Refused (422) when a resource is not in the catalogue, or none is given."""
    unknown = [name for name in resources if name not in RESOURCES]
    if unknown or not resources:
        raise Refused(
            "unknown-resource",
            f"没有数据集: {', '.join(unknown) or '未指定'}",
            f"no such dataset: {', '.join(unknown) or 'none given'}",
            status=422,
            errors=[{"where": "resources", "what": f"one or more of {', '.join(RESOURCES)}"}],
        )
