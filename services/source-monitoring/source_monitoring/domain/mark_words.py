"""Mark types in both languages: the marking tables give the name in Chinese and the effect in English, this gives the other half.

Sense of park_standards.marks (2019 No.50, 2022 No.21), not official wording.
"""

from collections.abc import Mapping
from types import MappingProxyType

_EXEMPT_PM = "豁免判定;颗粒物小时均值仍须 ≤150 mg/m³"
_NOT_JUDGED = "自动监测数据不用于判定超标"
_INVALID = "数据无效:不判定,排放量以替代值计"
_BY_PERMIT = "时限由规则和排污许可证规定(数值未取得)"
_OF_60_H = "计入每炉每年 60 小时"
_PROOF = "须留存凭证;单项时限未取得"

TEXTS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "furnace_drying": ("furnace drying", _NOT_JUDGED, "烘炉与停炉降温合计每炉每年 ≤700 小时"),
        "startup": ("start-up", _EXEMPT_PM, "启炉、停炉、故障、事故合计每炉每年 ≤60 小时"),
        "shutdown": ("shut-down", _EXEMPT_PM, _OF_60_H),
        "cooling": ("cooling after shut-down", _NOT_JUDGED, "计入每炉每年 700 小时"),
        "stopped": ("out of operation", "数据不判定;不计入传输率分母", "无"),
        "fault": ("fault", _EXEMPT_PM, f"每次 ≤4 小时;{_OF_60_H}"),
        "accident": ("accident", _EXEMPT_PM, _OF_60_H),
        "cems_maintenance": ("CEMS maintenance", "标记的小时不计入日均值", "每炉每季度 ≤30 小时"),
        "grid_on": ("connected to the grid / supplying", "启动阶段:许可时限内豁免判定", _BY_PERMIT),
        "grid_off": ("disconnected from the grid", "停运阶段:许可时限内豁免判定", _BY_PERMIT),
        "fault_accident": ("fault or accident", "年度累计上限内豁免判定;仅正常运行中超标时需要", _BY_PERMIT),
        "dev_calibration": ("monitor: calibration", _INVALID, _PROOF),
        "dev_fault": ("monitor: fault", _INVALID, _PROOF),
        "dev_routine": ("monitor: routine maintenance", _INVALID, _PROOF),
        "auto_standard_check": (
            "automatic standard-sample check",
            "该小时不判定;COD、氨氮、总磷、总氮每天各有 1 小时在传输率统计中免计",
            "每因子每天 1 小时",
        ),
    }
)
"""Key: (name in English, effect in Chinese, cap in Chinese)."""

SCOPES_EN: Mapping[str, str] = MappingProxyType(
    {
        "生活垃圾焚烧": "municipal solid waste incineration",
        "火电、水泥、造纸": "thermal power, cement, paper",
        "排污单位(通用)": "any polluting enterprise",
    }
)
CAPS_EN: Mapping[str, str] = MappingProxyType(
    {
        "启炉+停炉+故障+事故": "start-up, shut-down, fault and accident",
        "烘炉+停炉降温": "furnace drying and cooling",
        "CEMS维护": "CEMS maintenance",
    }
)
"""Names of the caps of park_standards.marks."""
