"""Every address the pages ask for is in the contracts: api-gateway's own, and those of the services behind it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parent.parent / "web" / "src"
CONTRACTS = Path(__file__).resolve().parents[3] / "contracts" / "openapi"

# How the pages name an address: get<T>('/x'), post(`/x/${id}`), usePaged<T>('/x', ...), call('POST', `/x`), `${API_ROOT}/x`.
CALLS = re.compile(
    r"(?:\b(?P<verb>get|post|put|remove|usePaged)(?:<[^(]*>)?\(\s*|\bcall(?:<[^(]*>)?\('(?P<method>[A-Z]+)',\s*|\$\{API_ROOT\}(?=/))"
    r"[`']?(?P<path>/[A-Za-z](?:\$\{[^}]*\}|[^`'?\s,)])*)"
)
VERBS = {"get": "get", "usePaged": "get", "post": "post", "put": "put", "remove": "delete"}
# Built from parts that no pattern can read; named here by hand.
COMPOSED = {
    *(
        "/alarms/{}/{}",
        "/tasks/{}/{}",
        "/commands/{}/{}",
        "/gaps/{}/{}",
        "/marks/{}/{}",
        "/replays/{}/{}",
        "/reviews/{}/{}/{}",
    ),
    "/reduction-orders/{}/{}",
    *(
        "/evidence/{}{}",
        "/evidence-files/{}/{}",
        "/live",
        "/self-monitoring/explanations/{}/{}",
        "/self-monitoring/results/{}/{}",
    ),
    # Through api-gateway's table: the service's own path behind its name.
    *("/services/{}/set-aside/{}/run-again", "/services/{}/set-aside/{}/dismiss"),
    *("/services/{}/parked", "/services/{}/parked/{}/replay"),
}


def addresses() -> Iterator[tuple[str, str, str]]:
    """(method, path with {} for what is filled in, file) of every call in the pages."""
    for file in sorted([*SOURCES.rglob("*.vue"), *SOURCES.rglob("*.ts")]):
        for found in CALLS.finditer(file.read_text(encoding="utf-8")):
            method = VERBS.get(found["verb"] or "", (found["method"] or "any").lower())
            path = re.sub(r"\$\{queryText.*", "", found["path"])
            yield method, re.sub(r"\$\{(?:[^{}]|\{[^}]*\})*\}", "{}", path), file.name


def contract() -> set[tuple[str, str]]:
    """(method, path with {}) of all services, as seen below /api/v1."""
    return {
        (method, re.sub(r"\{[^}]*\}", "{}", path).removeprefix("/api/v1"))
        for file in CONTRACTS.glob("*.json")
        for path, methods in json.loads(file.read_text(encoding="utf-8"))["paths"].items()
        for method in methods
    }


@pytest.mark.skipif(not (CONTRACTS / "api-gateway.json").exists(), reason="contracts/openapi is not generated here")
def test_every_address_of_the_pages_is_in_the_contracts() -> None:
    known, asked = contract(), list(addresses())
    known |= {("any", path) for _, path in known}
    assert len(asked) > 40
    strange = {one for one in asked if one[1] not in COMPOSED and one[:2] not in known}
    assert strange == set()
