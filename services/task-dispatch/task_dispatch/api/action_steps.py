"""What each action of people does to a task: one short function an action, in one table with its form."""

from collections.abc import Awaitable, Callable
from typing import Any

from park_schemas.identifiers import uuid7

from task_dispatch.api.action_checks import Call, co_workers, refuse_incomplete, refuse_role
from task_dispatch.api.action_forms import (
    ActionName,
    ArriveForm,
    ContributeForm,
    DispatchForm,
    ExtendForm,
    Form,
    HandleForm,
    JoinForm,
    NoteForm,
    ReasonForm,
    ReportForm,
    TransferForm,
)  # fmt: skip
from task_dispatch.domain import life
from task_dispatch.domain.work import Step
from task_dispatch.store import tasks


async def _dispatch(call: Call, form: DispatchForm) -> list[Step]:
    refuse_role(call.kind, form)
    role = form.assignee_role.value if form.assignee_role else None
    given = life.dispatched(
        call.work, assignee=form.assignee, name=form.assignee_name, role=role, due_at=form.due_at, note=form.note,
        by=call.actor.username, now=call.at,
    )  # fmt: skip
    if form.co_workers is None:
        return [given]
    people = co_workers(form.co_workers, given.work)
    return [given, life.joined(given.work, co_workers=people, by=call.actor.username, now=call.at)]


async def _sign(call: Call, _: Form) -> list[Step]:
    return [life.signed(call.work, by=call.actor.username, name=call.actor.display_name, now=call.at)]


async def _arrive(call: Call, form: ArriveForm) -> list[Step]:
    return [life.arrived(call.work, by=call.actor.username, place=form.place(), now=call.at)]


async def _handle(call: Call, form: HandleForm) -> list[Step]:
    return [life.handled(call.work, by=call.actor.username, measures=form.measures, now=call.at)]


async def _contribute(call: Call, form: ContributeForm) -> list[Step]:
    who = call.actor
    return [life.contributed(call.work, by=who.username, name=who.display_name, text=form.text, now=call.at)]


async def _report(call: Call, form: ReportForm) -> list[Step]:
    if call.kind is not None:
        await refuse_incomplete(call, form, call.kind)
    note = "; ".join(filter(None, (form.findings_text, form.measures)))
    step = life.reported(call.work, by=call.actor.username, outcome=form.outcome, note=note, now=call.at)
    report = form.model_dump(exclude={"version"})
    if form.measured_value is not None:
        report["measured_value"] = str(form.measured_value)
    await tasks.insert_report(
        call.tx,
        uuid7(),
        step.work.task,
        at=call.at,
        by=call.actor.username,
        name=call.actor.display_name,
        report=report,
    )
    return [step]


async def _verify(call: Call, form: NoteForm) -> list[Step]:
    return [life.verified(call.work, by=call.actor.username, note=form.note, now=call.at)]


async def _close(call: Call, form: NoteForm) -> list[Step]:
    return [life.closed(call.work, by=call.actor.username, note=form.note, now=call.at)]


async def _transfer(call: Call, form: TransferForm) -> list[Step]:
    return [
        life.transferred(
            call.work, assignee=form.assignee, name=form.assignee_name, reason=form.reason, by=call.actor.username,
            now=call.at,
        )
    ]  # fmt: skip


async def _join(call: Call, form: JoinForm) -> list[Step]:
    people = co_workers(form.co_workers, call.work)
    return [life.joined(call.work, co_workers=people, by=call.actor.username, now=call.at)]


async def _request_extension(call: Call, form: ExtendForm) -> list[Step]:
    return [
        life.extension_requested(call.work, due_at=form.due_at, reason=form.reason, by=call.actor.username, now=call.at)
    ]


async def _approve_extension(call: Call, form: NoteForm) -> list[Step]:
    return [life.extension_approved(call.work, note=form.note, by=call.actor.username, now=call.at)]


async def _reject_extension(call: Call, form: ReasonForm) -> list[Step]:
    return [life.extension_rejected(call.work, reason=form.reason, by=call.actor.username, now=call.at)]


async def _extend(call: Call, form: ExtendForm) -> list[Step]:
    return [life.extended(call.work, due_at=form.due_at, reason=form.reason, by=call.actor.username, now=call.at)]


async def _urge(call: Call, form: NoteForm) -> list[Step]:
    return [life.plain(call.work, "urged", by=call.actor.username, reason=form.note, now=call.at)]


async def _return(call: Call, form: ReasonForm) -> list[Step]:
    return [life.plain(call.work, "returned", by=call.actor.username, reason=form.reason, now=call.at)]


async def _refuse(call: Call, form: ReasonForm) -> list[Step]:
    return [
        life.plain(
            call.work, "refused", by=call.actor.username, reason=form.reason, now=call.at,
            assignee=None, assignee_name="", assignee_role=None,
        )
    ]  # fmt: skip


async def _cancel(call: Call, form: ReasonForm) -> list[Step]:
    return [life.plain(call.work, "cancelled", by=call.actor.username, reason=form.reason, now=call.at)]


FORMS: dict[ActionName, tuple[type[Form], Callable[[Call, Any], Awaitable[list[Step]]]]] = {
    "dispatch": (DispatchForm, _dispatch),
    "sign": (NoteForm, _sign),
    "arrive": (ArriveForm, _arrive),
    "handle": (HandleForm, _handle),
    "contribute": (ContributeForm, _contribute),
    "report": (ReportForm, _report),
    "verify": (NoteForm, _verify),
    "return": (ReasonForm, _return),
    "refuse": (ReasonForm, _refuse),
    "transfer": (TransferForm, _transfer),
    "join": (JoinForm, _join),
    "request-extension": (ExtendForm, _request_extension),
    "approve-extension": (NoteForm, _approve_extension),
    "reject-extension": (ReasonForm, _reject_extension),
    "extend": (ExtendForm, _extend),
    "urge": (NoteForm, _urge),
    "close": (NoteForm, _close),
    "cancel": (ReasonForm, _cancel),
}
