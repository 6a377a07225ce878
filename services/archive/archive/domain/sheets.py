"""The fields of each kind of record: one table that drives forms, import sheets, templates and their explanations.

The first title of a column is Chinese, the second English; an import file may use either, or the field's own name.
"""

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from park_chassis.sheets import cells
from park_chassis.sheets.sheet import Column
from park_chassis.sheets.sheet import Sheet as ImportSheet
from park_schemas.codes import ENVIRONMENT_MEDIA, Medium, PointKind

from archive.domain import cells as register_cells
from archive.domain.records import Device, Enterprise, Kind, Limit, Point, Record

MEDIUM_LABELS: dict[str, tuple[str, ...]] = {
    Medium.WASTE_WATER: ("废水",),
    Medium.WASTE_GAS: ("废气",),
    Medium.RAIN_WATER: ("雨水",),
    Medium.AMBIENT_AIR: ("环境空气",),
    Medium.SURFACE_WATER: ("地表水",),
    Medium.NOISE: ("噪声",),
}
KIND_LABELS: dict[str, tuple[str, ...]] = {
    PointKind.ORGANISED: ("有组织",),
    PointKind.FUGITIVE: ("无组织",),
    PointKind.NATIONAL_AIR: ("国控站",),
    PointKind.PARK_AIR: ("园区站",),
    PointKind.BOUNDARY_AIR: ("边界站",),
    PointKind.MICRO_AIR: ("微型站", "微站"),
    PointKind.WEATHER: ("气象站",),
    PointKind.RIVER: ("河流",),
    PointKind.LAKE: ("湖库", "湖泊", "水库"),
    PointKind.HYDROLOGY: ("水文站",),
    PointKind.ZONE_NOISE: ("功能区噪声",),
    PointKind.BOUNDARY_NOISE: ("厂界噪声",),
}
_AVERAGING = {"realtime": ("实时", "一次值"), "minute": ("分钟",), "hour": ("小时",), "day": ("日",)}
_BASIS = {"measured": ("实测",), "converted": ("折算",)}
_SOURCE = {"standard": ("标准",), "permit": ("排污许可", "许可")}
_RISK = {"general": ("一般",), "large": ("较大",), "major": ("重大",)}
_PERMIT = {"key": ("重点管理",), "simplified": ("简化管理",), "registration": ("登记管理",)}
_DISCHARGE = {"direct": ("直接排放",), "indirect": ("间接排放",)}
_EDITIONS = {"2005": ("HJ/T 212-2005",), "2017": ("HJ 212-2017",), "2025": ("HJ 212-2025",)}
_CLASSES = {
    "1": ("一类", "一类区", "1类"), "2": ("二类", "二类区", "2类"),
    "Ⅰ": ("I",), "Ⅱ": ("II",), "Ⅲ": ("III",), "Ⅳ": ("IV",), "Ⅴ": ("V",),
    "0": ("0类",), "3": ("3类",), "4": ("4类",), "4a": ("4a类",), "4b": ("4b类",),
}  # fmt: skip
TARGET_CLASSES = MappingProxyType(
    {
        Medium.AMBIENT_AIR: frozenset("12"),
        Medium.SURFACE_WATER: frozenset("ⅠⅡⅢⅣⅤ"),
        Medium.NOISE: frozenset({*"01234", "4a", "4b"}),
    }
)
_MINUTE_INTERVALS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
"""HJ 212-2017 table 4, MinInterval: divisors of 60."""

_CODE = r"[0-9A-Za-z][0-9A-Za-z_-]{1,39}"


@dataclass(frozen=True, kw_only=True)
class Sheet(ImportSheet):
    """All fields of a kind of record, in the order of the template, and the record they make."""

    kind: Kind
    record: type[Record]


def _place(example_longitude: str, example_latitude: str) -> tuple[Column, Column]:
    return (
        Column(
            "longitude", "经度", "longitude", cells.longitude, example_longitude, required=True,
            note_zh="度，CGCS2000；其他坐标系请在导入时选择", note_en="degrees, CGCS2000; choose another datum at import",
        ),
        Column("latitude", "纬度", "latitude", cells.latitude, example_latitude, required=True),
    )  # fmt: skip


_ACTIVE = Column("active", "启用", "active", cells.yes_or_no, "是", note_zh="缺省为 是", note_en="yes when empty")
_name = cells.text(120)

ENTERPRISES = Sheet(
    kind=Kind.ENTERPRISES, title_zh="企业", record=Enterprise,
    columns=(
        Column("credit_code", "统一社会信用代码", "credit code", register_cells.credit_code, "91990001MA00000A14", required=True,
               note_zh="18位，含校验位（GB 32100-2015）；作为主键", note_en="18 characters with check character; the key"),
        Column("name_zh", "企业名称", "name (Chinese)", _name, "示例化工有限公司", required=True),
        Column("name_en", "英文名称", "name (English)", _name, "Example Chemical Co., Ltd."),
        Column("industry", "行业", "industry", cells.text(60), "有机化学原料制造", required=True),
        Column("industry_code", "行业代码", "industry code",
               cells.matching(r"[A-T]\d{2,4}", "GB/T 4754 行业代码，如 C2614", "a GB/T 4754 code such as C2614"), "C2614"),
        Column("address", "地址", "address", cells.text(200), "纬一路8号"),
        Column("plot", "地块编号", "plot", cells.text(20), "A-03"),
        *_place("118.9012", "32.2811"),
        Column("legal_representative", "法定代表人", "legal representative", cells.text(40)),
        Column("environment_contact", "环保负责人", "environment contact", cells.text(40)),
        Column("contact_phone", "联系电话", "contact phone",
               cells.matching(r"\+?[0-9][0-9 -]{5,19}", "电话号码", "a telephone number")),
        Column("permit_number", "排污许可证编号", "permit number",
               cells.matching(r"[0-9A-Z]{18}[0-9A-Z]{0,6}", "18 至 24 位大写字母或数字", "18 to 24 capitals or digits")),
        Column("permit_category", "许可管理类别", "permit category", cells.choice(_PERMIT), "重点管理"),
        Column("permit_valid_to", "许可证有效期至", "permit valid to", cells.day, "2028-12-31"),
        Column("risk_level", "环境风险等级", "risk level", cells.choice(_RISK), "较大"),
        Column("key_unit", "重点排污单位", "key discharging unit", cells.yes_or_no, "是"),
        Column("commissioned_on", "投产日期", "commissioned on", cells.day, "2012-06-01"),
        _ACTIVE,
    ),
)  # fmt: skip

POINTS = Sheet(
    kind=Kind.POINTS, title_zh="点位", record=Point,
    columns=(
        Column("code", "点位编码", "code",
               cells.matching(_CODE, "2 至 40 位字母、数字、_ 或 -", "2 to 40 letters, digits, _ or -"),
               "QY01-DW001", required=True, note_zh="园区内唯一；作为主键", note_en="unique in the park; the key"),
        Column("name_zh", "点位名称", "name (Chinese)", _name, "示例化工废水总排口", required=True),
        Column("name_en", "英文名称", "name (English)", _name, "Example Chemical, waste-water outlet"),
        Column("medium", "类型", "medium", cells.choice(MEDIUM_LABELS), "废水", required=True),
        Column("enterprise", "企业统一社会信用代码", "enterprise credit code", register_cells.credit_code, "91990001MA00000A14",
               note_zh="排口必填，环境站点留空（厂界噪声可填）",
               note_en="required for outlets, empty for stations (allowed for noise at a boundary)"),
        *_place("118.9015", "32.2809"),
        Column("factors", "监测因子", "factors", register_cells.factor_list, "w01018:mg/L:1; w21003:mg/L:2; w01001",
               note_zh="编码[:单位[:小数位]]，分号分隔；单位为数采仪上传值的单位",
               note_en="code[:unit[:decimals]] separated by semicolons; the unit of the values the device sends"),
        Column("target_class", "目标类别", "target class", cells.choice(_CLASSES), "",
               note_zh="地表水 Ⅰ-Ⅴ，环境空气 1 或 2，噪声为功能区类别 0-4b（限值由此确定）",
               note_en="surface water Ⅰ to Ⅴ, ambient air 1 or 2, noise: zone 0 to 4b (its limits follow from it)"),
        Column("discharge", "排放方式", "discharge", cells.choice(_DISCHARGE), "间接排放"),
        Column("receiving", "受纳对象", "receiving body", cells.text(120), "园区污水处理厂"),
        Column("stack_height_m", "排气筒高度(m)", "stack height (m)", cells.real(0, 400), ""),
        Column("point_kind", "点位类别", "kind", cells.choice(KIND_LABELS), "",
               note_zh="如 有组织、国控站、微型站、气象站、湖库、水文站、厂界噪声；须与类型相符",
               note_en="such as organised, national-air, micro-air, weather, lake; must fit the medium"),
        Column("in_service_from", "监测起始日期", "monitored from", cells.day, "2024-01-01",
               note_zh="此前的数据保存但不计入结果", note_en="data of earlier days is kept but enters no result"),
        _ACTIVE,
    ),
)  # fmt: skip

DEVICES = Sheet(
    kind=Kind.DEVICES, title_zh="数采仪", record=Device,
    columns=(
        Column("mn", "设备标识MN", "MN",
               cells.matching(r"[0-9A-Za-z_-]{4,25}", "4 至 25 位字母、数字、_ 或 -", "4 to 25 letters, digits, _ or -"),
               "010000A8900016F000169DC0", required=True, note_zh="作为主键", note_en="the key"),
        Column("password", "密码PW", "password", cells.matching(r"[0-9A-Za-z]{1,24}", "1 至 24 位字母或数字",
               "1 to 24 letters or digits"), "123456", required=True),
        Column("point_code", "点位编码", "point code", cells.text(40), "QY01-DW001", required=True),
        Column("edition", "协议版本", "edition", cells.choice(_EDITIONS), "2017", required=True),
        Column("realtime_interval_s", "实时间隔(s)", "realtime interval (s)", cells.whole(1, 3600), "30",
               note_zh="HJ 212-2017 规定 30 至 3600，部分设备更快", note_en="HJ 212-2017 says 30 to 3600; some are faster"),
        Column("minute_interval_min", "分钟间隔(min)", "minute interval (min)",
               cells.one_of_numbers(_MINUTE_INTERVALS), "10"),
        Column("manufacturer", "厂家", "manufacturer", cells.text(60)),
        Column("model", "型号", "model", cells.text(60)),
        _ACTIVE,
    ),
)  # fmt: skip

LIMITS = Sheet(
    kind=Kind.LIMITS, title_zh="限值", record=Limit,
    columns=(
        Column("point_code", "点位编码", "point code", cells.text(40), "QY01-DW001", required=True),
        Column("factor", "因子编码", "factor", register_cells.factor_code, "w01018", required=True),
        Column("standard_limit_id", "标准限值编号", "standard limit id", cells.text(300), "",
               note_zh="标准库中的限值编号；空列由其补全，许可限值不得宽于它",
               note_en="row of the standards library; fills empty cells; a permit may not be looser than it"),
        Column("averaging", "判定时段", "averaging", cells.choice(_AVERAGING), "日"),
        Column("upper", "上限", "upper", cells.number(), "500"),
        Column("lower", "下限", "lower", cells.number(), ""),
        Column("unit", "单位", "unit", register_cells.unit, "mg/L"),
        Column("standard", "标准", "standard", cells.text(80), "GB 8978-1996"),
        Column("clause", "条款", "clause", cells.text(120), "表4"),
        Column("valid_from", "生效日期", "valid from", cells.day, "2024-01-01", required=True),
        Column("valid_to", "失效日期", "valid to", cells.day, "", note_zh="含当日；留空为长期", note_en="inclusive"),
        Column("basis", "比较基准", "basis", cells.choice(_BASIS), "实测"),
        Column("source", "来源", "source", cells.choice(_SOURCE), "标准"),
    ),
)  # fmt: skip

SHEETS = MappingProxyType({sheet.kind: sheet for sheet in (ENTERPRISES, POINTS, DEVICES, LIMITS)})


def is_environment(medium: Medium) -> bool:
    """Say whether points of this medium belong to the park itself and not to an enterprise."""
    return medium in ENVIRONMENT_MEDIA


def fields_of(record: Record) -> dict[str, Any]:
    """Return the fields of a record by column name, in the order of its sheet."""
    return {column.name: getattr(record, column.name) for column in SHEETS[record.kind].columns}
