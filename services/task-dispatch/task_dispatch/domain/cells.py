"""Grid cells (网格): which part of the park a task lies in, by its enterprise or its place. Pure."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from msgspec import Struct

from task_dispatch.domain.forms import FormError


class Cell(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A cell: its people, its enterprises, its boundary as (longitude, latitude) in degrees, not closed."""

    cell: str
    name_zh: str
    name_en: str = ""
    leader: str = ""
    members: list[str] = []
    enterprise_ids: list[UUID] = []
    boundary: list[tuple[float, float]] = []


def cell_of(cells: Iterable[Cell], enterprise_id: UUID | None, longitude: float | None, latitude: float | None) -> str:
    """Return the cell of an enterprise, else the one whose boundary holds the place, else an empty text."""
    ordered = sorted(cells, key=lambda cell: cell.cell)
    for cell in ordered:
        if enterprise_id is not None and enterprise_id in cell.enterprise_ids:
            return cell.cell
    if longitude is None or latitude is None:
        return ""
    return next((cell.cell for cell in ordered if _holds(cell.boundary, longitude, latitude)), "")


def cell_errors(cell: Cell, others: Iterable[Cell]) -> list[FormError]:
    """Return what is wrong with a cell: a boundary without area, an enterprise that another cell has."""
    errors: list[FormError] = []
    if cell.boundary and len(set(cell.boundary)) < 3:
        errors.append(FormError("boundary", "needs at least three different corners", "边界至少需要三个不同的点"))
    for number, (longitude, latitude) in enumerate(cell.boundary):
        if abs(longitude) > 180 or abs(latitude) > 90:
            errors.append(FormError(f"boundary.{number}", "is not a place on earth", "经纬度超出范围"))
    taken = {
        enterprise: other.cell for other in others if other.cell != cell.cell for enterprise in other.enterprise_ids
    }
    for number, enterprise in enumerate(cell.enterprise_ids):
        if enterprise in taken:
            owner = taken[enterprise]
            errors.append(FormError(f"enterprise_ids.{number}", f"belongs to cell {owner}", f"已属于网格 {owner}"))
    return errors


def _holds(boundary: Sequence[tuple[float, float]], x: float, y: float) -> bool:
    """Return whether a place lies inside, by the even-odd rule."""
    inside = False
    for (x1, y1), (x2, y2) in zip(boundary, [*boundary[1:], *boundary[:1]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside
