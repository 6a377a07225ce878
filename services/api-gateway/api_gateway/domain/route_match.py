"""Match a request to a row of the route table. Segments in braces match any one segment; `**` at the end matches the rest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True)
class Route:
    """One row: a path under /api/v1, the service that answers, and what each method asks for.

    `permissions` maps the method to the permissions of which the caller needs one. `by_point` rows belong to the judge
    of the point's medium; `service` is then the judge of sources. Body limit in bytes, timeout in seconds.
    """

    path: str
    service: str
    permissions: Mapping[str, tuple[str, ...]]
    by_point: bool = False
    body_limit: int = 256 * KIB
    timeout_s: float = 15.0


@dataclass(frozen=True)
class Match:
    """A row, its path parameters, and for a method the row does not know: the methods it does."""

    route: Route
    parameters: Mapping[str, str]
    allowed: tuple[str, ...] = ()


@dataclass
class _Node:
    children: dict[str, "_Node"] = field(default_factory=dict)
    routes: list[Route] = field(default_factory=list)


class RouteTable:
    """Find a row in time linear in the path's segments. Literal segments win over braces, braces over `**`."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for segment in _segments(route.path):
                key = "{}" if segment.startswith("{") else segment
                node = node.children.setdefault(key, _Node())
            node.routes.append(route)

    def find(self, method: str, path: str) -> Match | None:
        """Return the match, or None when no row has this path. A wrong method gives a match with `allowed` filled."""
        segments = _segments(path)
        if any(segment in {".", ".."} for segment in segments):
            return None
        routes = _walk(self._root, segments, 0)
        if not routes:
            return None
        for route in routes:
            if method in route.permissions:
                return Match(route, _parameters(route, segments))
        allowed = tuple(dict.fromkeys(name for route in routes for name in route.permissions))
        return Match(routes[0], _parameters(routes[0], segments), allowed)


def _walk(node: _Node, segments: tuple[str, ...], index: int) -> list[Route]:
    if index == len(segments):
        return node.routes
    for key in (segments[index], "{}"):
        child = node.children.get(key)
        if child is not None and key != "**":
            routes = _walk(child, segments, index + 1)
            if routes:
                return routes
    rest = node.children.get("**")
    return rest.routes if rest is not None else []


def _segments(path: str) -> tuple[str, ...]:
    return tuple(segment for segment in path.split("/") if segment)


def _parameters(route: Route, segments: tuple[str, ...]) -> dict[str, str]:
    return {
        name[1:-1]: value for name, value in zip(_segments(route.path), segments, strict=False) if name.startswith("{")
    }
