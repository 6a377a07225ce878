"""Examples of the register: points, devices, enterprises."""

from datetime import date
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from park_schemas.codes import (
    Medium,
    PointKind,
)
from park_schemas.examples.people_and_times import ENTERPRISE, MN, PARK, POINT, STATION
from park_schemas.registry import DeviceRecord, EnterpriseRecord, LimitInForce, MonitoredFactor, PointRecord

LIMIT = LimitInForce(
    limit_id="demo-permit-DW001-w01018",
    factor="w01018",
    unit="mg/L",
    averaging="hour",
    standard="排污许可证(示例)",
    clause="表 5",
    valid_from=date(2025, 1, 1),
    upper="100",
    source="permit",
)
POINT_RECORD = PointRecord(
    point_id=POINT,
    park_id=PARK,
    code="DW001",
    name_zh="一号废水总排口",
    name_en="Waste water outlet 1",
    medium=Medium.WASTE_WATER,
    longitude=120.6012,
    latitude=31.3044,
    enterprise_id=ENTERPRISE,
    enterprise_name_zh="示例化工有限公司",
    enterprise_name_en="Example Chemicals",
    factors=[MonitoredFactor(factor="w01018", name_zh="化学需氧量", name_en="COD", unit="mg/L", decimals=1)],
    limits=[LIMIT],
)
FENCE_RECORD = replace(
    POINT_RECORD,
    point_id=UUID("019c0000-0000-7000-8000-0000000000b3"),
    code="WZ001",
    name_zh="厂界无组织监控点",
    name_en="Fence point",
    medium=Medium.WASTE_GAS,
    factors=[MonitoredFactor(factor="a24088", name_zh="非甲烷总烃", name_en="NMHC", unit="mg/m3")],
    limits=[],
    point_kind=PointKind.FUGITIVE,
)
STATION_RECORD = PointRecord(
    point_id=STATION,
    park_id=PARK,
    code="AQ001",
    name_zh="园区北门空气站",
    name_en="North gate air station",
    medium=Medium.AMBIENT_AIR,
    longitude=120.5961,
    latitude=31.3101,
    target_class="2",
    point_kind=PointKind.PARK_AIR,
)
NOISE_RECORD = replace(
    STATION_RECORD,
    point_id=UUID("019c0000-0000-7000-8000-0000000000b4"),
    code="NS001",
    name_zh="南界噪声站",
    name_en="South boundary noise station",
    medium=Medium.NOISE,
    factors=[
        MonitoredFactor(factor="Leq", name_zh="等效声级", name_en="Equivalent sound level", unit="dB(A)", decimals=1)
    ],
    target_class="3",
    point_kind=PointKind.ZONE_NOISE,
)
DEVICE = DeviceRecord(
    mn=MN,
    password="123456",  # noqa: S106 - an example, not a secret
    point_id=POINT,
    park_id=PARK,
    edition="2017",
    enterprise_id=ENTERPRISE,
)
ENTERPRISE_RECORD = EnterpriseRecord(
    enterprise_id=ENTERPRISE,
    park_id=PARK,
    name_zh="示例化工有限公司",
    name_en="Example Chemicals",
    credit_code="91320500EXAMPLE001",
    industry="C2614",
    longitude=120.6,
    latitude=31.3,
)

EXAMPLES: dict[str, tuple[Struct, ...]] = {
    "registry.point.stated": (POINT_RECORD, STATION_RECORD, FENCE_RECORD, NOISE_RECORD),
    "registry.device.stated": (DEVICE,),
    "registry.enterprise.stated": (ENTERPRISE_RECORD,),
}
