"""An invented park for the console's browser tests: plots, points, values, alarms, tasks in the shapes of the HTTP contract."""

import math
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from console_mock_ground import CENTRE, ENTERPRISES, plot_box

Record = dict[str, Any]
LEVEL_ZH = {"red": "红", "orange": "橙", "yellow": "黄", "blue": "蓝"}
LEVELS = ("red", "orange", "yellow", "blue")
# code, zh, en, unit, limit, typical, standard, clause
FACTORS: dict[str, list[tuple[str, str, str, str, str | None, float, str, str]]] = {
    "waste-water": [
        ("w01018", "化学需氧量", "COD", "mg/L", "50", 31.0, "GB 18918-2002", "表1 一级A"),
        ("w21003", "氨氮", "Ammonia nitrogen", "mg/L", "5", 1.9, "GB 18918-2002", "表1 一级A"),
        ("w21011", "总磷", "Total phosphorus", "mg/L", "0.5", 0.21, "GB 18918-2002", "表1 一级A"),
        ("w01001", "pH值", "pH", "", "9", 7.4, "GB 18918-2002", "表1"),
        ("w00000", "污水流量", "Flow", "L/s", None, 42.0, "", ""),
    ],
    "waste-gas": [
        ("a21026", "二氧化硫", "SO2", "mg/m3", "35", 18.0, "GB 13223-2011", "表2"),
        ("a21002", "氮氧化物", "NOx", "mg/m3", "50", 31.0, "GB 13223-2011", "表2"),
        ("a34013", "烟尘", "Particulate matter", "mg/m3", "10", 4.2, "GB 13223-2011", "表2"),
        ("a24088", "非甲烷总烃", "NMHC", "mg/m3", "60", 22.0, "GB 31571-2015", "表5"),
    ],
    "rain-water": [
        ("w01018", "化学需氧量", "COD", "mg/L", "40", 14.0, "GB 3838-2002", "表1 Ⅴ类"),
        ("w01001", "pH值", "pH", "", "9", 7.1, "GB 3838-2002", "表1"),
    ],
    "ambient-air": [
        ("a34004", "PM2.5", "PM2.5", "ug/m3", "75", 33.0, "GB 3095-2012", "表1 二级"),
        ("a05024", "臭氧", "O3", "ug/m3", "200", 96.0, "GB 3095-2012", "表1 二级"),
        ("a21004", "二氧化氮", "NO2", "ug/m3", "200", 38.0, "GB 3095-2012", "表1 二级"),
    ],
    "surface-water": [
        ("w01019", "高锰酸盐指数", "CODMn", "mg/L", "6", 3.6, "GB 3838-2002", "表1 Ⅲ类"),
        ("w21003", "氨氮", "Ammonia nitrogen", "mg/L", "1.0", 0.42, "GB 3838-2002", "表1 Ⅲ类"),
    ],
}
SOURCES = ("waste-water", "waste-gas", "rain-water")
SYSTEM_TYPE = {"waste-water": "32", "waste-gas": "31", "rain-water": "32", "ambient-air": "22", "surface-water": "21"}


def identifier(kind: int, number: int) -> str:
    """A stable UUID text: the same park at every start."""
    return str(UUID(int=(kind << 96) | (7 << 76) | (2 << 62) | number))


def iso(instant: datetime) -> str:
    """With offset, as the contract says."""
    return instant.isoformat()


class Park:
    """Everything the mock answers from. `tick` moves the values; nothing here is random between two starts."""

    def __init__(self, now: datetime) -> None:
        self.random = random.Random(7)
        self.now = now
        self.points: dict[str, Record] = {}
        self.values: dict[str, Record] = {}
        self.alarms: dict[str, Record] = {}
        self.tasks: dict[str, Record] = {}
        self.timelines: dict[str, list[Record]] = {}
        self.reports: dict[str, list[Record]] = {}
        self.evidence: dict[str, list[Record]] = {}
        self._make_points()
        self._make_alarms()
        self._make_tasks()

    def _make_points(self) -> None:
        number = 0
        for index, name in enumerate(ENTERPRISES):
            west, south, east, north = plot_box(index)
            for medium, label, en in (
                ("waste-water", "废水总排口", "waste water outlet"),
                ("waste-gas", "DA001 废气排口", "stack DA001"),
                ("waste-gas", "DA002 废气排口", "stack DA002"),
                ("rain-water", "雨水排口", "rain outlet"),
            ):
                place = (
                    west + (east - west) * self.random.uniform(0.12, 0.88),
                    south + (north - south) * self.random.uniform(0.15, 0.8),
                )
                self._add_point(number, f"{name}{label}", f"Plot {index + 1} {en}", medium, place, index)
                number += 1
        for index in range(4):
            place = (CENTRE[0] - 0.019 + index * 0.012, CENTRE[1] + (0.0185 if index % 2 else -0.0135))
            self._add_point(
                number, f"厂界空气站 {index + 1} 号", f"Air station {index + 1}", "ambient-air", place, None
            )
            number += 1
        for index in range(2):
            self._add_point(
                number,
                f"引水渠断面 {index + 1}",
                f"Canal section {index + 1}",
                "surface-water",
                (CENTRE[0] + 0.0008, CENTRE[1] + 0.012 - index * 0.024),
                None,
            )
            number += 1

    def _add_point(
        self, number: int, zh: str, en: str, medium: str, place: tuple[float, float], owner: int | None
    ) -> None:
        point_id = identifier(1, number)
        factors = [
            {"factor": f[0], "name_zh": f[1], "name_en": f[2], "unit": f[3], "decimals": 2} for f in FACTORS[medium]
        ]
        limits = [
            {
                "limit_id": f"{f[0]}-{number}",
                "factor": f[0],
                "unit": f[3],
                "upper": f[4],
                "lower": "6" if f[0] == "w01001" else None,
                "standard": f[6],
                "clause": f[7],
                "averaging": "hour",
                "valid_from": "2020-01-01",
                "valid_to": None,
                "source": "standard",
            }
            for f in FACTORS[medium]
            if f[4]
        ]
        self.points[point_id] = {
            "point_id": point_id,
            "code": f"P{number + 1:03d}",
            "name_zh": zh,
            "name_en": en,
            "medium": medium,
            "longitude": place[0],
            "latitude": place[1],
            "enterprise_id": identifier(2, owner) if owner is not None else None,
            "enterprise_name_zh": ENTERPRISES[owner] if owner is not None else "",
            "enterprise_name_en": f"Enterprise {owner + 1}" if owner is not None else "",
            "factors": factors,
            "limits": limits,
            "active": True,
            "mn": f"88888880{number:06d}",
            "device_state": "offline" if number % 23 == 11 else "online",
            "target_class": "Ⅲ" if medium == "surface-water" else "",
        }
        self._set_values(point_id, 0)

    def _set_values(self, point_id: str, step: int) -> None:
        point = self.points[point_id]
        number = int(point["code"][1:])
        mark = "F" if number % 19 == 5 else "M" if number % 29 == 7 else "N"
        factors = []
        for index, (code, zh, en, unit, limit, typical, standard, clause) in enumerate(FACTORS[point["medium"]]):
            over = {4: 1.83, 9: 1.36, 14: 1.12, 31: 2.41, 46: 1.05}.get(number, 0.0) if index == 0 else 0.0
            value = (float(limit) * over if over and limit else typical) * (
                1 + 0.05 * math.sin(step / 3 + number + index)
            )
            ratio = round(value / float(limit), 3) if limit else None
            factors.append(
                {
                    "factor": code,
                    "name_zh": zh,
                    "name_en": en,
                    "value": f"{value:.2f}",
                    "unit": unit,
                    "mark": mark,
                    "attribute": "Rtd",
                    "ratio": ratio,
                    "limit": {
                        "upper": limit,
                        "lower": "6" if code == "w01001" else None,
                        "standard": standard,
                        "clause": clause,
                        "averaging": "hour",
                    }
                    if limit
                    else None,
                }
            )
        at = self.now - timedelta(hours=3) if point["device_state"] == "offline" else self.now
        self.values[point_id] = {
            "point_id": point_id,
            "mn": point["mn"],
            "data_time": iso(at),
            "received_at": iso(at),
            "factors": factors,
        }

    def tick(self, step: int, now: datetime) -> list[Record]:
        """New values of a third of the points, as the live stream sends them."""
        self.now = now
        moved = [
            pid
            for index, pid in enumerate(self.points)
            if index % 3 == step % 3 and self.points[pid]["device_state"] == "online"
        ]
        for point_id in moved:
            self._set_values(point_id, step)
        return [self.values[point_id] for point_id in moved]

    def _make_alarms(self) -> None:
        plan = {4: "orange", 9: "yellow", 14: "blue", 31: "red", 46: "blue"}
        points = list(self.points.values())
        number = 0
        for point in points:
            level = plan.get(int(point["code"][1:]))
            if level:
                self._add_alarm(
                    number, point, level, "exceedance", "active" if level in {"red", "yellow"} else "acknowledged"
                )
                number += 1
        for point in [one for one in points if one["device_state"] == "offline"]:
            self._add_alarm(number, point, "yellow", "offline", "active")
            number += 1
        for past in range(60):
            self._add_alarm(
                number,
                points[(past * 5) % len(points)],
                LEVELS[past % 4],
                "exceedance",
                "closed" if past > 3 else "resolved",
            )
            number += 1

    def _add_alarm(self, number: int, point: Record, level: str, rule: str, state: str) -> None:
        alarm_id = identifier(3, number)
        value = self.values[point["point_id"]]["factors"][0]
        started = self.now - timedelta(minutes=17 + 41 * number)
        what = f"{value['name_zh']}小时均值超标" if rule == "exceedance" else "数采仪断线超过 30 分钟"
        self.alarms[alarm_id] = {
            "alarm_id": alarm_id,
            "version": 3,
            "number": f"AL-{started:%Y%m%d}-{number + 1:04d}",
            "park_id": identifier(9, 1),
            "rule": rule,
            "level": level,
            "state": state,
            "title_zh": f"{point['name_zh']} {what}",
            "title_en": f"{point['name_en']}: {value['name_en']} {rule}",
            "subject_id": point["point_id"],
            "subject_name_zh": point["name_zh"],
            "subject_name_en": point["name_en"],
            "medium": point["medium"],
            "started_at": iso(started),
            "last_seen_at": iso(self.now),
            "raised_at": iso(started + timedelta(seconds=2)),
            "changed_at": iso(self.now),
            "occurrences": 3 + number,
            "finding_id": identifier(4, number),
            "enterprise_id": point["enterprise_id"],
            "enterprise_name_zh": point["enterprise_name_zh"],
            "enterprise_name_en": point["enterprise_name_en"],
            "factor": value["factor"] if rule == "exceedance" else None,
            "factor_name_zh": value["name_zh"],
            "factor_name_en": value["name_en"],
            "observed": value["value"] if rule == "exceedance" else None,
            "limit": value["limit"]["upper"] if value["limit"] and rule == "exceedance" else None,
            "unit": value["unit"],
            "ratio": value["ratio"] if rule == "exceedance" else None,
            "peak_ratio": value["ratio"] if rule == "exceedance" else None,
            "standard": value["limit"]["standard"] if value["limit"] and rule == "exceedance" else "",
            "clause": value["limit"]["clause"] if value["limit"] and rule == "exceedance" else "",
            "statutory": True,
            "longitude": point["longitude"],
            "latitude": point["latitude"],
            "acknowledged_by": "王敏" if state != "active" else None,
            "acknowledged_at": iso(started + timedelta(minutes=4)) if state != "active" else None,
            "resolved_at": iso(started + timedelta(minutes=30)) if state in {"resolved", "closed"} else None,
            "closed_at": iso(started + timedelta(minutes=60)) if state == "closed" else None,
            "closed_by": "王敏" if state == "closed" else None,
            "close_reason": "handled" if state == "closed" else None,
            "task_id": None,
        }
        self.timelines[alarm_id] = [
            {
                "at": iso(started),
                "who": None,
                "what": "raised",
                "detail_zh": f"产生{LEVEL_ZH[level]}色告警",
                "detail_en": f"raised as {level}",
            },
            {
                "at": iso(started + timedelta(seconds=3)),
                "who": None,
                "what": "notified",
                "detail_zh": "已通知监管人员（站内）",
                "detail_en": "told to officers in-app",
            },
        ]
        if state != "active":
            self.timelines[alarm_id].append(
                {
                    "at": iso(started + timedelta(minutes=4)),
                    "who": "王敏",
                    "what": "acknowledged",
                    "detail_zh": "已电话通知企业核查",
                    "detail_en": "enterprise was called",
                }
            )

    def _make_tasks(self) -> None:
        states = (
            "created",
            "dispatched",
            "signed",
            "on-site",
            "reported",
            "closed",
            "dispatched",
            "signed",
            "returned",
            "closed",
        )
        alarms = list(self.alarms.values())
        for number, state in enumerate(states):
            alarm = alarms[number]
            task_id = identifier(5, number)
            created = self.now - timedelta(hours=1 + number * 2)
            due = created + timedelta(hours=8 if number % 3 else 2)
            self.tasks[task_id] = {
                "task_id": task_id,
                "version": 2,
                "number": f"TK-{created:%Y%m%d}-{number + 1:04d}",
                "park_id": identifier(9, 1),
                "kind": "exceedance-check",
                "state": state,
                "title_zh": f"核查：{alarm['title_zh']}",
                "title_en": f"Check: {alarm['title_en']}",
                "priority": alarm["level"],
                "created_at": iso(created),
                "changed_at": iso(created + timedelta(minutes=10)),
                "due_at": iso(due),
                "created_by": "王敏",
                "overdue": due < self.now and state != "closed",
                "alarm_id": alarm["alarm_id"],
                "subject_id": alarm["subject_id"],
                "subject_name_zh": alarm["subject_name_zh"],
                "subject_name_en": alarm["subject_name_en"],
                "enterprise_id": alarm["enterprise_id"],
                "enterprise_name_zh": alarm["enterprise_name_zh"],
                "assignee": None if state == "created" else "inspector",
                "assignee_name": "" if state == "created" else "李强",
                "outcome": "confirmed" if state == "closed" else None,
                "outcome_note": "",
                "verified_by": "王敏" if state == "closed" else None,
                "closed_at": iso(self.now) if state == "closed" else None,
                "longitude": alarm["longitude"],
                "latitude": alarm["latitude"],
            }
            alarm["task_id"] = task_id
            self.timelines[task_id] = [
                {
                    "at": iso(created),
                    "who": "系统",
                    "what": "created",
                    "detail_zh": "按告警策略自动创建",
                    "detail_en": "created by policy",
                },
                {
                    "at": iso(created + timedelta(minutes=2)),
                    "who": "王敏",
                    "what": "dispatched",
                    "detail_zh": "派发给 李强",
                    "detail_en": "dispatched to Li Qiang",
                },
            ]
            self.reports[task_id] = (
                []
                if state not in {"reported", "closed"}
                else [
                    {
                        "reported_at": iso(created + timedelta(hours=1)),
                        "reported_by": "李强",
                        "findings_text": "现场检查发现 2# 生化池曝气机跳停，已恢复运行。",
                        "measures": "恢复曝气，加密采样",
                        "outcome": "confirmed",
                        "measured_value": "38.2",
                    },
                ]
            )
            self.evidence[task_id] = []


def clock() -> datetime:
    """Aware UTC."""
    return datetime.now(UTC)
