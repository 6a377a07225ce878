"""The templates messages are written by."""

from fastapi import APIRouter, Response
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.errors import Refused
from park_chassis.http import json_response
from park_chassis.paging import page
from pydantic import BaseModel, ConfigDict, Field

from alerting.api.channels import Kind, Language, Writer
from alerting.domain.message_templates import NAMES, Template, problems
from alerting.store import channels


class TemplateForm(BaseModel):
    """Subject and text of a template."""

    model_config = ConfigDict(extra="forbid")
    subject: str = Field("", max_length=1000)
    text: str = Field(max_length=10000)


def router(database: Database) -> APIRouter:
    """Return the routes of templates."""
    routes = APIRouter(tags=["channels"])

    @routes.get("/message-templates")
    async def list_templates(_: Writer) -> Response:
        async with database.reading() as connection:
            found = await channels.template_list(connection)
        return json_response({**page(found, None, len(found)), "names": NAMES})

    @routes.put("/message-templates/{kind}/{language}")
    async def change_template(kind: Kind, language: Language, form: TemplateForm, who: Writer) -> Response:
        wanted = Template(kind, language, form.subject, form.text)
        if found := problems(wanted):
            raise Refused(
                "bad-template", "模板有误, 未保存", "the template is not usable, nothing changed", status=422,
                errors=[{"where": where, "what": en, "what_zh": zh} for where, zh, en in found],
            )  # fmt: skip
        async with database.transaction() as tx:
            await channels.put_template(tx, wanted, by=who.username, now=now())
        return json_response(wanted)

    return routes
