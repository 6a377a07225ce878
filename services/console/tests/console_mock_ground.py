"""The ground of the invented park: plots, roads, river and green as the map draws them."""

from typing import Any

Record = dict[str, Any]
CENTRE = (118.62, 32.21)
ENTERPRISES = (
    "华宸石化",
    "东曜化学",
    "恒泽污水处理厂",
    "启衡危废处置",
    "盛科热电",
    "瑞谱颜料",
    "泰禾电镀中心",
    "蓝岫制药",
    "金渡储运",
    "佳衍硅材",
    "长汀特气",
    "宏淮橡塑",
    "同晟涂料",
    "润芷助剂",
    "天澍农化",
    "中砚树脂",
)


def polygon(name_zh: str, name_en: str, kind: str, box: tuple[float, float, float, float]) -> Record:
    """A rectangle (west, south, east, north) as a GeoJSON feature."""
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"kind": kind, "name_zh": name_zh, "name_en": name_en},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def line(name_zh: str, name_en: str, kind: str, points: list[list[float]]) -> Record:
    """A line as a GeoJSON feature."""
    return {
        "type": "Feature",
        "properties": {"kind": kind, "name_zh": name_zh, "name_en": name_en},
        "geometry": {"type": "LineString", "coordinates": points},
    }


def plot_box(index: int) -> tuple[float, float, float, float]:
    """Sixteen plots in a grid of four by four."""
    column, row = index % 4, index // 4
    west = CENTRE[0] - 0.02 + column * 0.0102 + (0.0022 if column > 1 else 0)
    south = CENTRE[1] + 0.011 - row * 0.0072
    return west, south, west + 0.0088, south + 0.006


def park_map() -> Record:
    """The ground drawing: plots, roads, river, green belt."""
    features = [polygon(name, f"Plot {index + 1}", "plot", plot_box(index)) for index, name in enumerate(ENTERPRISES)]
    west, east = CENTRE[0] - 0.0215, CENTRE[0] + 0.0245
    for row in range(5):
        south = CENTRE[1] + 0.0176 - row * 0.0072
        features.append(
            line(f"化工{'一二三四五'[row]}路", f"Chemical Road {row + 1}", "road", [[west, south], [east, south]])
        )
    for column, offset in enumerate((-0.0207, -0.0105, 0.0121, 0.0223)):
        x = CENTRE[0] + offset
        features.append(
            line(
                f"经{'一二三四'[column]}路",
                f"Meridian {column + 1}",
                "road",
                [[x, CENTRE[1] - 0.0115], [x, CENTRE[1] + 0.018]],
            )
        )
    river = [
        [CENTRE[0] + 0.0008, CENTRE[1] + 0.022],
        [CENTRE[0] + 0.0009, CENTRE[1]],
        [CENTRE[0] + 0.0006, CENTRE[1] - 0.016],
    ]
    features.append(line("引水渠", "Canal", "river", river))
    features.append(polygon("防护绿地", "Green belt", "green", (west, CENTRE[1] - 0.0155, east, CENTRE[1] - 0.0125)))
    return {"type": "FeatureCollection", "features": features}
