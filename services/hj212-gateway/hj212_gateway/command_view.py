"""Commands as people see them: named, without passwords and keys, without what only gateways need; a transcript; a table."""

from collections.abc import Iterable
from typing import Any

from park_chassis.export import Column

from hj212_gateway.domain.command_catalogue import names_of
from hj212_gateway.domain.command_request import masked
from hj212_gateway.domain.frame_text import masked_text


def shown(row: Any) -> dict[str, Any]:
    """Return a command for people."""
    found = dict(row)
    found.pop("lease_until", None)
    return found | names_of(found["command"]) | {"parameters": masked(found["parameters"])}


def spoken(frame: Any) -> dict[str, Any]:
    """Return a frame of a transcript."""
    raw: bytes = frame["raw"]
    return {"at": frame["at"], "direction": frame["direction"], "raw_text": masked_text(raw)}


def _parameters_text(items: Iterable[dict[str, Any]]) -> str:
    return ";".join(f"{name}={value}" for item in items for name, value in item.items())


COLUMNS = (
    Column("MN", lambda row: row["mn"], 28),
    Column("命令 CN", lambda row: row["command"], 10),
    Column("名称 Name", lambda row: row["name_zh"], 28),
    Column("参数 Parameters", lambda row: _parameters_text(row["parameters"]), 40),
    Column("状态 State", lambda row: row["state"]),
    Column("原因 Reason", lambda row: row["reason"], 30),
    Column("申请人 Requested by", lambda row: row["requested_by"]),
    Column("申请时间 Requested at", lambda row: row["created_at"], 20),
    Column("审批人 Decided by", lambda row: row["decided_by"]),
    Column("下发时间 Sent at", lambda row: row["sent_at"], 20),
    Column("完成时间 Finished at", lambda row: row["finished_at"], 20),
    Column("返回码 Code", lambda row: row["code"], 10),
    Column("说明 Detail", lambda row: row["detail"], 40),
)
