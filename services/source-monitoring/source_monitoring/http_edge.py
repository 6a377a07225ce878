"""What the HTTP rooms of this service share: who is asking, references to evidence, places in lists."""

from datetime import date, datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from fastapi import Depends
from park_chassis.auth import Principal, require
from park_chassis.errors import Refused
from park_chassis.paging import decode_cursor
from park_schemas.park_time import at_park
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

Reader = Annotated[Principal, Depends(require("reading:read"))]
Marker = Annotated[Principal, Depends(require("mark:write"))]


class Body(BaseModel):
    """A request body: unknown fields are refused, text is trimmed."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Evidence(Body):
    """Evidence: an uploaded file, or a reference to what lies elsewhere (a log, the number of a document), or both."""

    kind: Literal["photo", "log", "document", "laboratory", "other"]
    reference: str = Field("", max_length=500, description="Needed without a file")
    note: str = Field("", max_length=500)
    file_id: UUID | None = Field(None, description="Of POST /evidence-files; bound to its SHA-256 from now on")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.reference and self.file_id is None:
            raise PydanticCustomError("evidence-empty", "请上传文件或填写编号 / upload a file or say where it lies")
        return self


def place_of_day(cursor: str | None) -> tuple[date, UUID] | None:
    """Return the (day, id) of a cursor. Raises Refused (422) for a cursor that is not ours."""
    place = decode_cursor(cursor)
    try:
        return None if place is None else (date.fromisoformat(place[0]), UUID(place[1]))
    except (IndexError, TypeError, ValueError) as error:
        raise bad_cursor() from error


def place_of_time(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Return the (instant, id) of a cursor. Raises Refused (422) for a cursor that is not ours."""
    place = decode_cursor(cursor)
    try:
        return None if place is None else (datetime.fromisoformat(place[0]), UUID(place[1]))
    except (IndexError, TypeError, ValueError) as error:
        raise bad_cursor() from error


def bad_cursor() -> Refused:
    return Refused("bad-cursor", "cursor 无效", "the cursor is not valid", status=422)


def as_park(moment: datetime | None) -> datetime | None:
    """Read a time of a request; without offset it is park time."""
    return None if moment is None else at_park(moment)
