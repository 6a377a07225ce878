"""What people read of a gap: kinds, states, causes and reasons in Chinese, with English beside."""

from collections.abc import Mapping
from types import MappingProxyType

from hj212_gateway.domain.record_rhythm import DAY, HOUR, MINUTE

Text = tuple[str, str]
"""(Chinese, English)"""

KIND_OF_COMMAND: Mapping[str, str] = MappingProxyType({MINUTE: "minute", HOUR: "hour", DAY: "day"})
COMMAND_OF_KIND: Mapping[str, str] = MappingProxyType({kind: command for command, kind in KIND_OF_COMMAND.items()})

KINDS: Mapping[str, Text] = MappingProxyType(
    {"minute": ("分钟数据", "minute data"), "hour": ("小时数据", "hourly data"), "day": ("日数据", "daily data")}
)
STATES: Mapping[str, Text] = MappingProxyType(
    {
        "open": ("待补取", "waiting to be fetched"),
        "fetching": ("补取中", "being fetched"),
        "healed": ("已补齐", "healed"),
        "given-up": ("已放弃(多次未果)", "given up after several tries"),
        "abandoned": ("人工放弃", "abandoned by a person"),
    }
)
CAUSES: Mapping[str, Text] = MappingProxyType(
    {"missing": ("未收到", "nothing came"), "incomplete": ("分包不全", "packets of a split message are missing")}
)
REASONS: Mapping[str, Text] = MappingProxyType(
    {
        "no-data": ("数采仪答复无数据", "the logger says it has no data"),
        "not-sent": ("命令成功但数据未到", "the command succeeded, the records did not come"),
        "refused": ("数采仪拒绝执行", "the logger refused"),
        "failed": ("数采仪执行失败", "the logger failed"),
        "timed-out": ("执行超时", "timed out while it ran"),
        "no-answer": ("无应答", "no answer"),
        "not-reached": ("命令未送达", "the command did not reach the logger"),
    }
)


def text_of(table: Mapping[str, Text], key: str) -> Text:
    """Return both texts; what the table does not have (a person's own reason) stands for itself."""
    return table.get(key, (key, key))
