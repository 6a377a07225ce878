"""Finding an item by what people call it: code, code of 2005, Chinese or English name, abbreviation in brackets, CAS number."""

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType

from park_standards.errors import UnknownFactor
from park_standards.factors import factors, modern_code
from park_standards.limits import all_limits

_SPELLING = str.maketrans({"（": "(", "）": ")", "，": ",", "［": "[", "］": "]", "－": "-", " ": None})
_IN_BRACKETS = re.compile(r"\(([^()]+)\)")
_SUGGESTIONS = 5


def item_keys(text: str) -> tuple[str, ...]:
    """Return the keys (`Limit.key`, factor code) that `text` stands for; those that have limits, if any of them has.

    "w01018", "011", "COD", "化学需氧量", "chemical oxygen demand" give ("w01018",). Raises UnknownFactor with the nearest names.
    """
    plain = _plain(text)
    found = _index().get(plain)
    if found is None:
        near = get_close_matches(plain, list(_index()), n=_SUGGESTIONS)
        keys = dict.fromkeys(key for name in near for key in _index()[name])
        raise UnknownFactor(text, tuple(f"{key} {_titles()[key]}" for key in list(keys)[:_SUGGESTIONS]))
    limited = {row.key for row in all_limits()}
    return tuple(key for key in found if key in limited) or found


@lru_cache(maxsize=1)
def _titles() -> Mapping[str, str]:
    limited = {row.key: row.name_zh for row in all_limits()}
    return MappingProxyType({**limited, **{code: factor.name_zh for code, factor in factors().items()}})


@lru_cache(maxsize=1)
def _index() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, key in _names():
        keys = found.setdefault(_plain(name), [])
        if key not in keys:
            keys.append(key)
    return MappingProxyType({name: tuple(keys) for name, keys in found.items() if name})


def _names() -> Iterator[tuple[str, str]]:
    for row in all_limits():
        for name in (row.key, row.name_zh, row.name_en, *_IN_BRACKETS.findall(row.name_en), *row.cas_number.split(";")):
            yield name, row.key
    for code, factor in factors().items():
        key = code if factor.edition != "2005" else modern_code(code) or code
        english = factor.name_en
        for name in (
            code,
            factor.legacy_code,
            factor.name_zh,
            english,
            _IN_BRACKETS.sub("", english),
            *_IN_BRACKETS.findall(english),
        ):
            yield name, key


def _plain(text: str) -> str:
    return text.translate(_SPELLING).casefold()
