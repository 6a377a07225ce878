"""The table of commands of the mock gateway: six of the many that the real one has, one that needs a second person to send."""

from typing import Any

Record = dict[str, Any]

FACTOR: Record = {"name": "PolId", "title_zh": "监测因子", "title_en": "Factor", "type": "factor", "required": False}
CATALOGUE: tuple[Record, ...] = (
    {
        "command": "1000",
        "form": "1000",
        "name_zh": "设置超时时间及重发次数",
        "name_en": "Set timeout and retry count",
        "kind": "set",
        "editions": ["2005", "2017", "2025"],
        "needs_approval": False,
        "repeatable": False,
        "parameters": [
            {
                "name": "OverTime",
                "title_zh": "超时时间",
                "title_en": "Timeout",
                "type": "integer",
                "required": True,
                "minimum": 1,
                "maximum": 99,
                "unit": "s",
            },
            {
                "name": "ReCount",
                "title_zh": "重发次数",
                "title_en": "Resends",
                "type": "integer",
                "required": True,
                "minimum": 1,
                "maximum": 99,
            },
        ],
    },
    {
        "command": "1012",
        "form": "1012",
        "name_zh": "设置现场机时间",
        "name_en": "Set device time",
        "kind": "set",
        "editions": ["2017"],
        "needs_approval": False,
        "repeatable": False,
        "parameters": [
            FACTOR,
            {
                "name": "SystemTime",
                "title_zh": "时间",
                "title_en": "Time",
                "type": "time",
                "required": False,
                "hint_zh": "不填则取发送时刻",
                "hint_en": "The moment of sending when left open",
            },
        ],
    },
    {
        "command": "1014",
        "form": "1014",
        "name_zh": "设置通信密钥",
        "name_en": "Set the key",
        "kind": "set",
        "editions": ["2025"],
        "needs_approval": True,
        "repeatable": False,
        "parameters": [],
    },
    {
        "command": "1062",
        "form": "1062",
        "name_zh": "设置实时数据间隔",
        "name_en": "Set real-time data interval",
        "kind": "set",
        "editions": ["2017"],
        "needs_approval": False,
        "repeatable": False,
        "parameters": [
            {
                "name": "RtdInterval",
                "title_zh": "实时数据间隔",
                "title_en": "Interval",
                "type": "integer",
                "required": True,
                "minimum": 30,
                "maximum": 3600,
                "unit": "s",
            }
        ],
    },
    {
        "command": "2051",
        "form": "2051",
        "name_zh": "取污染物分钟数据",
        "name_en": "Get minute data",
        "kind": "get",
        "editions": ["2017"],
        "needs_approval": False,
        "repeatable": False,
        "parameters": [
            {"name": "BeginTime", "title_zh": "开始时间", "title_en": "Begin", "type": "time", "required": True},
            {"name": "EndTime", "title_zh": "结束时间", "title_en": "End", "type": "time", "required": True},
        ],
    },
    {
        "command": "3011",
        "form": "3011",
        "name_zh": "零点校准量程校准",
        "name_en": "Zero and span calibration",
        "kind": "control",
        "editions": ["2017"],
        "needs_approval": True,
        "repeatable": False,
        "parameters": [FACTOR | {"required": True}],
    },
)
