"""Curves of the invented park: a daily rhythm with noise, gaps, lone values and calibration marks."""

import math
import random
import zlib
from datetime import datetime
from typing import Any

from console_mock_park import FACTORS, Park

Record = dict[str, Any]


def series_of(
    park: Park, point_id: str, factors: list[str], period: str, span: tuple[datetime, datetime], count: int
) -> Record:
    """A daily rhythm with noise, gaps (two with a lone value between, one at the end), calibration marks."""
    point = park.points[point_id]
    start, end = (int(one.timestamp() * 1000) for one in span)
    step = max(
        {"realtime": 30_000, "minute": 600_000, "hour": 3_600_000, "day": 86_400_000}[period],
        (end - start) // max(count, 1),
    )

    def share_of(thousandth: int) -> int:
        return start + (end - start) * thousandth // 1000

    gap = (share_of(550), share_of(620))
    lone = share_of(710)
    narrow = [(share_of(700), share_of(706)), (share_of(714), share_of(720)), (share_of(992), end)]
    found = []
    for code, zh, en, unit, _limit, typical, *_ in FACTORS[point["medium"]]:
        if code not in factors:
            continue
        now_value = next(float(one["value"]) for one in park.values[point_id]["factors"] if one["factor"] == code)
        noise = random.Random(zlib.crc32(f"{point['code']}/{code}".encode()))
        values: list[list[Any]] = []
        for at in range(start - start % step + step, end, step):
            if gap[0] < at < gap[1] or narrow[0][0] <= at <= narrow[1][1] or at > narrow[2][0]:
                continue
            share = (at - start) / (end - start)
            level = typical + (now_value - typical) * max(0.0, (share - 0.6) / 0.4)
            mark = "C" if 0.2 < share < 0.23 else None
            values.append(
                [at, round(level * (1 + 0.08 * math.sin(at / 3_000_000) + noise.uniform(-0.03, 0.03)), 3), mark]
            )
        values = sorted([*values, [lone, round(typical, 3), None]])
        found.append(
            {
                "factor": code,
                "unit": unit,
                "name_zh": zh,
                "name_en": en,
                "values": values,
                "limits": [one for one in point["limits"] if one["factor"] == code],
            }
        )
    return {
        "point_id": point_id,
        "period": period,
        "reduced": max(1, step // 30_000),
        "series": found,
        "gaps": [[*gap, "offline"], *([*one, "missing"] for one in narrow)],
    }
