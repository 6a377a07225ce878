"""Turning each packaged limit table into `Limit` rows: one function a file, listed in LOADERS."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date

from park_standards.errors import BrokenTable
from park_standards.factors import factors
from park_standards.item_names import item_names
from park_standards.limit import Averaging, Confidence, Kind, Limit, Op, Subject
from park_standards.limit_fields import SEASONS, clause_of, first_date, number_of, oxygen_of, period_of
from park_standards.tables import Row, date_cell, decimal_cell, rows_of

CLASSES = ("I", "II", "III", "IV", "V")

# ASSUMPTION: the tables of these standards carry no dates; these are the days the editions took effect as generally
# known, not read from the texts. Wrong ones only matter for judging data older than them.
_STARTS = {
    "GB 3838-2002": date(2002, 6, 1),
    "GB/T 14848-2017": date(2018, 5, 1),
    "GB 36600-2018": date(2018, 8, 1),
    "GB 15618-2018": date(2018, 8, 1),
    "GB 3096-2008": date(2008, 10, 1),
    "GB 12348-2008": date(2008, 10, 1),
    "GB 22337-2008": date(2008, 10, 1),
    "GB 12523-2025": date(2026, 1, 1),
}


def limit_id(standard: str, *parts: str) -> str:
    """Join the stable identity of a row: GB18918-2002/t1/1A/w01018. Spaces become "-", empty parts vanish."""
    cleaned = [part.strip().replace("/", "_").replace(" ", "-") for part in parts if part]
    return "/".join([standard.replace("GB/T", "GBT").replace(" ", "").replace("/", "_"), *cleaned])


def _name_en(row: Row) -> str:
    """English name by the code, else by the Chinese name ("" only for a name that `item_names.csv` lacks)."""
    known = factors().get(row.get("hj212_code", ""))
    if known:
        return known.name_en
    named = item_names().get(row.get("item_cn") or row.get("pollutant_cn", ""))
    return named.name_en if named else ""


def effluent(name: str) -> Iterator[Limit]:
    """Waste water: GB 18918, DB32/4440, GB 8978, GB 31570 to 31573, GB/T 31962."""
    for line, row in rows_of(name):
        start, start_text = first_date(row["effective_from"])
        number = number_of(name, line, "limit", row, Op(row["op"]))
        base = Limit(
            limit_id=limit_id(
                row["standard"], "t" + row["table"], row["level"],
                "" if row["discharge"] == "direct" else row["discharge"],
                row["scope"] if row["standard"] in _SCOPED else "", row["hj212_code"] or row["item_cn"],
            ),
            standard=row["standard"], table=row["table"], clause=clause_of(row["table"]),
            subject=Subject.WASTE_WATER, kind=Kind.CONCENTRATION, factor_code=row["hj212_code"],
            name_zh=row["item_cn"], name_en=_name_en(row), op=number.op, value=number.value,
            lower=number.lower, upper=number.upper, text=number.text, unit=row["unit"],
            averaging=period_of(name, line, row["averaging"]), averaging_text=row["averaging"],
            confidence=Confidence(row["confidence"]), source=f"{name}:{line}", level=row["level"], scope=row["scope"],
            discharge=row["discharge"], monitor_point=row["monitor_point"], effective_from=start,
            effective_text=start_text, effective_to=date_cell(name, line, "effective_to", row["effective_to"]),
            note=row["note"],
        )  # fmt: skip
        yield from _with_alternative(name, line, row, base)


# The standards whose tables list different limits by product or kind of plant: their ids carry the scope.
_SCOPED = frozenset({"GB 8978-1996", "GB 31573-2015"})

_GAS_OPS = {
    "removal-min": Op.AT_LEAST,
    "operating-min": Op.AT_LEAST,
    "operating-range": Op.RANGE,
}


def waste_gas(name: str) -> Iterator[Limit]:
    """Waste gas: GB 16297, 13223, 13271, 18485, 18484, 37822, 14554, 31570 to 31573, 4915, ultra-low policies."""
    for line, row in rows_of(name):
        start, start_text = first_date(row["effective_from"])
        op = Op.RULE if row["unit"] == "text" else _GAS_OPS.get(row["kind"], Op.AT_MOST)
        number = number_of(name, line, "limit", row, op)
        basis, oxygen, oxygen_text = oxygen_of(row["o2_base_pct"])
        height = row["stack_height_m"]
        period = period_of(name, line, row["averaging"])
        base = Limit(
            limit_id=limit_id(
                row["standard"], "t" + row["table"] if row["table"] else "", row["kind"], row["source"], row["level"],
                f"{height}m" if height else "", period.value, row["hj212_code"] or row["pollutant_cn"],
            ),
            standard=row["standard"], table=row["table"], clause=clause_of(row["table"]), subject=Subject.WASTE_GAS,
            kind=Kind(row["kind"]), factor_code=row["hj212_code"], name_zh=row["pollutant_cn"],
            name_en=_name_en(row), op=number.op, value=number.value, lower=number.lower,
            upper=number.upper, text=number.text, unit=row["unit"], averaging=period, averaging_text=row["averaging"],
            confidence=Confidence(row["confidence"]), source=f"{name}:{line}", level=row["level"],
            scope=" ".join(part for part in (row["industry"], row["source"]) if part), basis=basis,
            baseline_oxygen=oxygen, baseline_oxygen_text=oxygen_text,
            stack_height_m=decimal_cell(name, line, "stack_height_m", height) if height else None,
            effective_from=start, effective_text=start_text, note=row["note"],
        )  # fmt: skip
        yield from _with_alternative(name, line, row, base)


def _with_alternative(name: str, line: int, row: Row, base: Limit) -> Iterator[Limit]:
    yield base
    if not row["limit_alt"]:
        return
    condition = row["alt_condition"]
    if not condition:
        raise BrokenTable(f"{name} line {line}: an alternative limit without its condition")
    yield replace(
        base,
        limit_id=f"{base.limit_id}/alt",
        value=decimal_cell(name, line, "limit_alt", row["limit_alt"]),
        condition=condition,
        season=SEASONS.get(condition),
        replaces=base.limit_id,
    )


def ambient_air(name: str) -> Iterator[Limit]:
    """Ambient air: GB 3095 in its dated phases, classes 1 and 2; the reference values of HJ 2.2 as level "reference"."""
    for line, row in rows_of(name):
        clause = clause_of(row["table"])
        if "clause 4.4" in row["note"]:
            clause += "、第4.4条"
        for level, column in (("1", "class1"), ("2", "class2")):
            if not row[column]:
                continue
            reference = "reference" in row["phase"] or row["table"] == "tableD.1"
            yield Limit(
                limit_id=limit_id(
                    row["standard"], row["phase"], f"class-{level}", row["averaging_period"],
                    row["hj212_code"] or row["pollutant"],
                ),
                standard=row["standard"], table=row["table"], clause=clause, subject=Subject.AMBIENT_AIR,
                kind=Kind.CONCENTRATION, factor_code=row["hj212_code"], name_zh=row["pollutant_cn"],
                name_en=row["pollutant"] if row["pollutant"].isascii() else _name_en(row), op=Op.AT_MOST,
                value=decimal_cell(name, line, column, row[column]),
                unit=row["unit"], averaging=period_of(name, line, row["averaging_period"]),
                averaging_text=row["averaging_period"], confidence=Confidence(row["confidence"]),
                source=f"{name}:{line}", level=level, scope="reference" if reference else row["phase"],
                effective_from=date_cell(name, line, "effective_from", row["effective_from"]),
                effective_to=date_cell(name, line, "effective_to", row["effective_to"]), note=row["note"],
                reference_state=row["reference_state"],
            )  # fmt: skip


def surface_water(name: str) -> Iterator[Limit]:
    """Surface water: GB 3838-2002, a row a class (level I to V); tables 2 and 3 have one number (level "source")."""
    for line, row in rows_of(name):
        for level, column in (*((word, f"class{place}") for place, word in enumerate(CLASSES, 1)), _SINGLE):
            op = Op(row["op"])
            if not row[column] and not (op is Op.RULE and level == "source"):
                continue
            number = number_of(name, line, column, row, op)
            yield Limit(
                limit_id=limit_id(
                    row["standard"], "t" + row["table"], row["water_body"] if row["water_body"] in _BODIES else "",
                    "" if op is Op.RULE else level, row["hj212_code"] or row["item_cn"],
                ),
                standard=row["standard"], table=row["table"], clause=clause_of(row["table"]),
                subject=Subject.SURFACE_WATER, kind=Kind.CONCENTRATION, factor_code=row["hj212_code"],
                name_zh=row["item_cn"], name_en=row["item_en"] or _name_en(row), op=number.op,
                value=number.value, lower=number.lower, upper=number.upper, text=number.text or row["note"] * (op is Op.RULE),
                unit=row["unit"], averaging=Averaging.UNSPECIFIED, confidence=Confidence(row["confidence"]),
                source=f"{name}:{line}", level="" if op is Op.RULE else level, scope=row["water_body"],
                effective_from=_STARTS[row["standard"]], note=row["note"], item_no=row["no"],
            )  # fmt: skip


_SINGLE = ("source", "single_limit")
_BODIES = frozenset({"river", "lake_reservoir"})


def groundwater(name: str) -> Iterator[Limit]:
    """Groundwater: GB/T 14848-2017, levels I to IV; class V is whatever is worse than IV and has no number."""
    for line, row in rows_of(name):
        op = Op.RULE if row["op"] == "absent" else Op(row["op"])
        for level, column in zip(CLASSES[:4], ("class1", "class2", "class3", "class4"), strict=True):
            number = number_of(name, line, column, row, op)
            yield Limit(
                limit_id=limit_id(row["standard"], "t" + row["table"], level, row["hj212_code"] or row["item_cn"]),
                standard=row["standard"], table=row["table"], clause=clause_of(row["table"]),
                subject=Subject.GROUNDWATER, kind=Kind.CONCENTRATION, factor_code=row["hj212_code"],
                name_zh=row["item_cn"], name_en=_name_en(row), op=number.op, value=number.value,
                lower=number.lower, upper=number.upper, text=number.text, unit=row["unit"],
                averaging=Averaging.UNSPECIFIED, confidence=Confidence(row["confidence"]), source=f"{name}:{line}",
                level=level, scope=row["group"], effective_from=_STARTS[row["standard"]],
                note=row["note"], item_no=row["no"],
            )  # fmt: skip


def soil(name: str) -> Iterator[Limit]:
    """Construction land: GB 36600-2018, screening and control values, level = class of land use (1, 2)."""
    for line, row in rows_of(name):
        for kind in (Kind.SCREENING, Kind.CONTROL):
            for level in ("1", "2"):
                column = f"{kind.value}_class{level}"
                if row[column]:
                    yield Limit(
                        limit_id=limit_id(row["standard"], "t" + row["table"], kind.value, f"class-{level}",
                                          row["item_cn"]),
                        standard=row["standard"], table=row["table"], clause=clause_of(row["table"]),
                        subject=Subject.SOIL, kind=kind, factor_code="", name_zh=row["item_cn"], name_en=_name_en(row),
                        op=Op.AT_MOST, value=decimal_cell(name, line, column, row[column]), unit=row["unit"],
                        averaging=Averaging.INSTANT, confidence=Confidence(row["confidence"]), source=f"{name}:{line}",
                        level=level, scope=row["group"],
                        effective_from=_STARTS[row["standard"]], note=row["note"], item_no=row["no"],
                        cas_number=row["cas"] or item_names()[row["item_cn"]].cas_number,
                    )  # fmt: skip


_SOIL_PH = {
    "ph_le_5.5": "pH<=5.5",
    "ph_5.5_6.5": "5.5<pH<=6.5",
    "ph_6.5_7.5": "6.5<pH<=7.5",
    "ph_gt_7.5": "pH>7.5",
}


def agricultural_soil(name: str) -> Iterator[Limit]:
    """Farmland: GB 15618-2018, screening and control values, level = pH band, scope = land use."""
    for line, row in rows_of(name):
        kind = Kind.CONTROL if row["kind"] == "control" else Kind.SCREENING
        for column, level in _SOIL_PH.items():
            yield Limit(
                limit_id=limit_id(row["standard"], row["kind"], row["land"], level, row["item_cn"]),
                standard=row["standard"], table="", clause="", subject=Subject.AGRICULTURAL_SOIL, kind=kind,
                factor_code="", name_zh=row["item_cn"], name_en=_name_en(row), op=Op.AT_MOST,
                value=decimal_cell(name, line, column, row[column]), unit=row["unit"], averaging=Averaging.INSTANT,
                confidence=Confidence(row["confidence"]), source=f"{name}:{line}", level=level, scope=row["land"],
                effective_from=_STARTS[row["standard"]], note=row["note"],
            )  # fmt: skip


def noise(name: str) -> Iterator[Limit]:
    """Noise: GB 3096, 12348, 12523, 22337; level = zone, scope = subject and place, a row for day and for night."""
    rows = tuple(rows_of(name))
    for line, row in (*rows, *_social_zones(rows)):
        for column, period in (("day_dB", Averaging.DAYTIME), ("night_dB", Averaging.NIGHT)):
            metric = "" if row["metric"] == "Leq" else row["metric"]
            yield Limit(
                limit_id=limit_id(row["standard"], row["subject"], f"zone-{row['zone']}", row["place"], metric,
                                  period.value),
                standard=row["standard"], table="", clause="", subject=Subject.NOISE, kind=Kind.SOUND_LEVEL,
                factor_code=row["hj212_code"], name_zh=row["metric"], name_en=row["metric"], op=Op.AT_MOST,
                value=decimal_cell(name, line, column, row[column]), unit=row["unit"], averaging=period,
                confidence=Confidence(row["confidence"]), source=f"{name}:{line}", level=row["zone"],
                scope=f"{row['subject']}: {row['place']}", effective_from=_STARTS[row["standard"]],
                note=row["note"],
            )  # fmt: skip


_SOCIAL_NOTE = "zones 1 to 4 as GB 12348"


def _social_zones(rows: Iterable[tuple[int, Row]]) -> Iterator[tuple[int, Row]]:
    """Zones 1 to 4 of GB 22337-2008: the table prints zone 0 and says that the others are those of GB 12348-2008."""
    held = list(rows)
    for line, social in held:
        for _, factory in held if social["note"] == _SOCIAL_NOTE else ():
            if (factory["standard"], factory["subject"]) == ("GB 12348-2008", "factory boundary") and factory[
                "zone"
            ] != "0":
                numbers = {column: factory[column] for column in ("zone", "day_dB", "night_dB")}
                yield line, {**social, **numbers, "note": f"as GB 12348-2008, zone {factory['zone']}"}


LOADERS: dict[str, Callable[[str], Iterator[Limit]]] = {
    "effluent_limits.csv": effluent,
    "emission_gas_limits.csv": waste_gas,
    "air_quality_limits.csv": ambient_air,
    "surface_water_limits.csv": surface_water,
    "groundwater_limits.csv": groundwater,
    "soil_limits.csv": soil,
    "soil_agricultural_limits.csv": agricultural_soil,
    "noise_limits.csv": noise,
}


def load_all() -> Iterator[Limit]:
    """Yield every row of every table. Raises BrokenTable when two rows would share an id."""
    seen: set[str] = set()
    for name, loader in LOADERS.items():
        for limit in loader(name):
            if limit.limit_id in seen:
                raise BrokenTable(f"{limit.source}: limit id {limit.limit_id!r} is taken by an earlier row")
            seen.add(limit.limit_id)
            yield limit
