"""Who may read and who may write surveys; the rest of the HTTP edge is shared (park_judging.http_edge)."""

from typing import Annotated

from fastapi import Depends
from park_chassis.auth import Principal, require

Reader = Annotated[Principal, Depends(require("reading:read"))]
Writer = Annotated[Principal, Depends(require("campaign:write"))]
