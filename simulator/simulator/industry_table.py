"""The forty enterprises of the park: invented names, industry, and the kinds of their outlets."""

from dataclasses import dataclass

from simulator.factor_plans import PointKind as K


@dataclass(frozen=True)
class EnterprisePlan:
    """An enterprise before it has a place: names, GB/T 4754 industry, kinds of outlets, and the contact's surname."""

    name_zh: str
    name_en: str
    industry: str
    industry_code: str
    outlets: tuple[K, ...]
    risk: str = "general"


_ORGANIC = ("有机化学原料制造", "C2614")
_INORGANIC = ("无机碱制造", "C2612")
_RESIN = ("初级形态塑料及合成树脂制造", "C2651")
_FINE = ("专项化学用品制造", "C2662")
_DYE = ("染料制造", "C2645")
_PESTICIDE = ("化学农药制造", "C2631")
_PHARMA = ("化学药品原料药制造", "C2710")
_COATING = ("涂料制造", "C2641")
_POWER = ("热电联产", "D4412")
_SEWAGE = ("污水处理及其再生利用", "D4620")
_WASTE = ("危险废物治理", "N7724")

_W, _D, _R = K.SEWER, K.DIRECT, K.RAIN

_ROWS: tuple[tuple[str, str, tuple[str, str], tuple[K, ...], str], ...] = (
    ("云澜石化", "Yunlan Petrochemical", _ORGANIC, (_D, K.HEATER, K.VENT, _R), "major"),
    ("澜正烯烃", "Lanzheng Olefins", _ORGANIC, (_D, K.HEATER, K.VENT, _R), "major"),
    ("禾澜芳烃", "Helan Aromatics", _ORGANIC, (_D, K.HEATER, K.VENT, _R), "major"),
    ("启川环氧", "Qichuan Epoxy", _ORGANIC, (_D, K.HEATER, _R), "large"),
    ("沐岳树脂", "Muyue Resins", _RESIN, (_W, K.RESIN, K.BOILER, _R), "large"),
    ("朗屿新材料", "Langyu New Materials", _RESIN, (_W, K.RESIN, K.BOILER, _R), "large"),
    ("清沅聚酯", "Qingyuan Polyester", _RESIN, (_W, K.RESIN, K.HEATER, _R), "general"),
    ("瀚辰高分子", "Hanchen Polymers", _RESIN, (_W, K.RESIN, _R), "general"),
    ("澜海氯碱", "Lanhai Chlor-Alkali", _INORGANIC, (_W, K.HALOGEN, K.BOILER, _R), "major"),
    ("拓澄氟材", "Tuocheng Fluoromaterials", _FINE, (_W, K.HALOGEN, _R), "major"),
    ("云澜热电", "Yunlan Combined Heat and Power", _POWER, (_W, K.BOILER, K.BOILER, K.BOILER), "general"),
    ("云澜污水处理", "Yunlan Waste-Water Treatment", _SEWAGE, (K.WORKS, K.VENT, _R), "large"),
    ("云澜固废处置", "Yunlan Hazardous-Waste Disposal", _WASTE, (_W, K.INCINERATOR, _R), "major"),
    ("若衡精细化工", "Ruoheng Fine Chemicals", _FINE, (_W, K.RESIN, K.VENT, _R), "large"),
    ("晏青染料", "Yanqing Dyestuffs", _DYE, (_W, K.RESIN, K.BOILER, _R), "large"),
    ("彤溪颜料", "Tongxi Pigments", _DYE, (_W, K.RESIN, _R), "general"),
    ("稷禾农化", "Jihe Agrochemicals", _PESTICIDE, (_W, K.HALOGEN, _R), "major"),
    ("芮田植保", "Ruitian Crop Protection", _PESTICIDE, (_W, K.HALOGEN, _R), "large"),
    ("杏朗药业", "Xinglang Pharmaceuticals", _PHARMA, (_W, K.RESIN, K.BOILER, _R), "large"),
    ("衡苏原料药", "Hengsu Active Ingredients", _PHARMA, (_W, K.RESIN, _R), "general"),
    ("景泓涂料", "Jinghong Coatings", _COATING, (_W, K.RESIN, _R), "general"),
    ("柏漾水性涂料", "Boyang Waterborne Coatings", _COATING, (_W, K.RESIN, _R), "general"),
    ("映川助剂", "Yingchuan Additives", _FINE, (_W, K.RESIN, _R), "general"),
    ("澈澜电子化学", "Chelan Electronic Chemicals", _FINE, (_W, K.HALOGEN, _R), "large"),
    ("屿森胶粘", "Yusen Adhesives", _FINE, (_W, K.RESIN, _R), "general"),
    ("涵钧催化剂", "Hanjun Catalysts", _FINE, (_W, K.HEATER, _R), "general"),
    ("珩泽硅材", "Hengze Silicones", _RESIN, (_W, K.HALOGEN, _R), "large"),
    ("陌川溶剂", "Mochuan Solvents", _ORGANIC, (_W, K.VENT, _R), "large"),
    ("昱和表面活性剂", "Yuhe Surfactants", _FINE, (_W, K.BOILER, _R), "general"),
    ("卓霖香料", "Zhuolin Fragrances", _FINE, (_W, K.RESIN, _R), "general"),
    ("汀澜锂电材料", "Tinglan Battery Materials", _FINE, (_W, K.RESIN, _R), "general"),
    ("朔原工业气体", "Shuoyuan Industrial Gases", _INORGANIC, (K.VENT, _R), "large"),
    ("沅白钛业", "Yuanbai Titanium", _INORGANIC, (_W, K.BOILER), "general"),
    ("临岸仓储", "Linan Tank Storage", _ORGANIC, (K.VENT, _R), "major"),
    ("岚石润滑", "Lanshi Lubricants", _ORGANIC, (_W, K.BOILER), "general"),
    ("知远纤维", "Zhiyuan Fibres", _RESIN, (_W, K.RESIN), "general"),
    ("慕禾橡塑", "Muhe Rubber and Plastics", _RESIN, (_W, K.RESIN), "general"),
    ("棠宁光电材料", "Tangning Photoelectric Materials", _FINE, (K.RESIN,), "general"),
    ("钰城再生资源", "Yucheng Recycling", _WASTE, (K.INCINERATOR,), "large"),
    ("泊宁新能源", "Boning New Energy", _ORGANIC, (_W, K.HEATER), "general"),
)

ENTERPRISES: tuple[EnterprisePlan, ...] = tuple(
    EnterprisePlan(f"{zh}有限公司", f"{en} Co., Ltd.", industry, code, outlets, risk)
    for zh, en, (industry, code), outlets, risk in _ROWS
)
