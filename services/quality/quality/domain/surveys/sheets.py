"""The columns of sites and results: forms, templates and import files read by the same table."""

from collections.abc import Mapping
from types import MappingProxyType

from park_chassis.sheets import cells
from park_chassis.sheets.sheet import Column, Sheet
from park_judging.domain.laboratory.cells import moment, unit, uuid_cell

from quality.domain.surveys.kinds import AVERAGINGS, KIND_LABELS, NOISE_STANDARDS, WATER_BODIES

site_code = cells.matching(
    r"[0-9A-Za-z][0-9A-Za-z_-]{1,39}", "2 至 40 位字母、数字、_ 或 -", "2 to 40 letters, digits, _ or -"
)


SITES = Sheet(
    title_zh="监测点位",
    columns=(
        Column("code", "点位编码", "code", site_code, "GW-01", required=True, note_zh="园区内唯一；作为主键", note_en="the key"),
        Column("kind", "类别", "kind", cells.choice(KIND_LABELS), "地下水", required=True),
        Column("name_zh", "点位名称", "name (Chinese)", cells.text(120), "园区上游背景井", required=True),
        Column("name_en", "英文名称", "name (English)", cells.text(120), "Upstream background well"),
        Column("longitude", "经度", "longitude", cells.longitude, "118.9012", required=True,
               note_zh="度，CGCS2000", note_en="degrees, CGCS2000"),
        Column("latitude", "纬度", "latitude", cells.latitude, "32.2811", required=True),
        Column("category", "功能类别", "category", cells.text(20), "Ⅲ",
               note_zh="地下水、地表水：目标类别；土壤：第一类/第二类/水田/果园/其他农用地；噪声：0-4类；恶臭：一级至三级；环境空气：一类/二类",
               note_en="water: class to be kept; soil: land use; noise: zone; odour: level; air: area class"),
        Column("noise_standard", "噪声标准", "noise standard", cells.choice(NOISE_STANDARDS), "",
               note_zh="噪声点位填写，缺省为声环境", note_en="noise only; ambient when empty"),
        Column("water_body", "水体类型", "water body", cells.choice(WATER_BODIES), "",
               note_zh="地表水点位填写，缺省为河流", note_en="surface water only; river when empty"),
        Column("enterprise_id", "企业标识", "enterprise id", uuid_cell, "",
               note_zh="点位属于某企业时填写", note_en="when the site belongs to an enterprise"),
        Column("enterprise_name_zh", "企业名称", "enterprise", cells.text(120), ""),
        Column("note", "备注", "note", cells.text(500), ""),
    ),
)  # fmt: skip

RESULTS = Sheet(
    title_zh="监测结果",
    columns=(
        Column("site", "点位编码", "site", cells.text(40), "GW-01", required=True),
        Column("item", "监测项目", "item", cells.text(60), "氨氮", required=True,
               note_zh="项目名称或 HJ 212 因子编码", note_en="name or HJ 212 code"),
        Column("sampled_at", "采样时间", "sampled at", moment, "2026-03-01 14:30", required=True,
               note_zh="北京时间；噪声须含时分", note_en="park time; noise needs hours and minutes"),
        Column("value", "结果", "value", cells.text(40), "0.12", required=True,
               note_zh="低于检出限写作 0.004L、<0.004 或 ND；感官项目填 有/无",
               note_en="below the detection limit: 0.004L, <0.004 or ND; sensory items: 有/无"),
        Column("unit", "单位", "unit", unit, "mg/L", note_zh="无量纲项目可留空", note_en="may be empty for pure numbers"),
        Column("detection_limit", "检出限", "detection limit", cells.number(1e-12, 1e12), "0.025"),
        Column("method", "分析方法", "method", cells.text(120), "HJ 535-2009"),
        Column("sample_number", "样品编号", "sample number", cells.text(60), "GW01-1"),
        Column("depth", "采样深度", "depth", cells.text(30), "", note_zh="如 0-0.5m", note_en="such as 0-0.5 m"),
        Column("averaging", "取值时间", "averaging", cells.choice(AVERAGINGS), "",
               note_zh="环境空气必填：小时、8小时、日", note_en="required for ambient air: hour, 8h, day"),
        Column("background", "背景值", "background", cells.number(0, 1e9), "",
               note_zh="噪声：背景声级；土壤：砷、钴、钒的背景值",
               note_en="noise without the source; of soil the natural one"),
        Column("ph", "土壤pH", "pH of soil", cells.number(0, 14), "", note_zh="农用地必填", note_en="required for farmland"),
        Column("frequent", "频发噪声", "frequent noise", cells.yes_or_no, "",
               note_zh="夜间频发突发噪声填 是", note_en="yes for frequent sudden noise at night"),
        Column("note", "备注", "note", cells.text(500), ""),
    ),
)  # fmt: skip

SHEETS: Mapping[str, Sheet] = MappingProxyType({"sites": SITES, "results": RESULTS})
