"""From alarm to mailbox: people and chats behind the policy's names, once a group, quiet hours, templates, sealed secrets."""

import base64
import json
from collections.abc import AsyncIterator
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from alerting.domain.message_templates import Template, problems, render, shipped_templates
from alerting.domain.quiet_hours import QuietHours, quiet_until
from alerting.message_sender import MessageSender
from alerting.notifier import Notifier
from alerting.sealing import seal_all
from alerting.settings import Settings
from alerting.store import messages
from alerting.testing import ENTERPRISE, NOON, finding
from alerting.testing_peers import HttpPeer, http_peer
from hypothesis import given
from hypothesis import strategies as st
from park_chassis.chassis import Chassis
from park_chassis.clock import now
from park_chassis.database import Database
from park_chassis.secret_box import PREFIX, SecretBox, SecretUnreadable
from park_chassis.testing import TEST_SECRET, asgi_client, token
from park_schemas.alarms import Alarm
from park_schemas.codes import AlarmLevel, AlarmState, Medium, Role
from park_schemas.park_time import PARK_TIME_ZONE

NIGHT = QuietHours(time(22), time(7))


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARK_TIME_ZONE)


@pytest.mark.parametrize(
    ("quiet", "level", "at", "until"),
    [
        ([NIGHT], AlarmLevel.ORANGE, "2026-11-22 23:00", "2026-11-23 07:00"),
        ([NIGHT], AlarmLevel.ORANGE, "2026-11-23 06:59", "2026-11-23 07:00"),
        ([NIGHT], AlarmLevel.ORANGE, "2026-11-23 07:00", None),
        ([NIGHT], AlarmLevel.RED, "2026-11-22 23:00", None),
        ([QuietHours(time(22), time(7), "sms")], AlarmLevel.BLUE, "2026-11-22 23:00", None),
        ([NIGHT, QuietHours(time(7), time(9))], AlarmLevel.BLUE, "2026-11-22 23:00", "2026-11-23 09:00"),
    ],
)
def test_quiet_hours_put_off_and_red_goes_through(
    quiet: list[QuietHours], level: AlarmLevel, at: str, until: str | None
) -> None:
    assert quiet_until(quiet, "email", level, wall(at)) == (wall(until) if until else None)


@given(
    st.lists(st.builds(QuietHours, st.times(), st.times()), max_size=4),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(PARK_TIME_ZONE)),  # noqa: DTZ001
)
def test_what_is_put_off_is_put_off_into_the_future(quiet: list[QuietHours], at: datetime) -> None:
    until = quiet_until(quiet, "email", AlarmLevel.BLUE, at)
    assert until is None or at < until <= at + timedelta(days=9)


ALARM = Alarm(
    alarm_id=UUID(int=5), version=1, number="AL-20261122-0001", park_id=UUID(int=1), rule="exceedance",
    level=AlarmLevel.RED, state=AlarmState.ACTIVE, title_zh="1号排气筒 $url 超标", title_en="Stack 1 over",
    subject_id=UUID(int=11), subject_name_zh="1号排气筒", subject_name_en="Stack 1", medium=Medium.WASTE_GAS,
    started_at=NOON, last_seen_at=NOON, raised_at=NOON, changed_at=NOON, occurrences=1, finding_id=UUID(int=6),
)  # fmt: skip


def test_every_kind_has_a_sound_template_in_both_languages() -> None:
    shipped = shipped_templates()
    assert {(one.kind, one.language) for one in shipped} == {
        (kind, language) for kind in ("email", "sms", "wecom", "dingtalk", "feishu") for language in ("zh", "en")
    }
    assert [problem for one in shipped for problem in problems(one)] == []


@given(st.text(max_size=60))
def test_values_are_never_read_as_templates_and_cannot_leave_the_subject(title: str) -> None:
    template = Template("email", "zh", "$title", "$title|$number")
    made = render(template, ALARM, title=title + "\r\nBcc: x $number", together=1, url="")
    assert "\n" not in made.subject
    assert "\r" not in made.subject
    assert made.subject.endswith("x $number")
    assert made.text.endswith("|AL-20261122-0001")


@pytest.mark.parametrize(
    ("template", "where"),
    [
        (Template("fax", "zh", "", "x"), "kind"),
        (Template("sms", "de", "", "x"), "language"),
        (Template("sms", "zh", "", " "), "text"),
        (Template("sms", "zh", "", "$password"), "text"),
        (Template("sms", "zh", "$ 5", "x"), "subject"),
        (Template("sms", "zh", "", "x" * 5000), "text"),
    ],
)
def test_a_template_that_cannot_be_rendered_says_where(template: Template, where: str) -> None:
    assert where in {problem[0] for problem in problems(template)}


def key() -> str:
    return base64.b64encode(uuid4().bytes + uuid4().bytes).decode()


def test_a_secret_opens_only_for_its_owner_and_key_and_keys_can_be_changed() -> None:
    old, new = key(), key()
    sealed = SecretBox(old, TEST_SECRET, "alerting").seal("whsec_x", "webhook:1")
    assert sealed.startswith(PREFIX)
    assert "whsec" not in sealed
    assert SecretBox(f"{new}, {old}", TEST_SECRET, "alerting").open(sealed, "webhook:1") == "whsec_x"
    for box, owner in ((SecretBox(old, "", "alerting"), "webhook:2"), (SecretBox(new, "", "alerting"), "webhook:1")):
        with pytest.raises(SecretUnreadable):
            box.open(sealed, owner)
    resealed = SecretBox(f"{new},{old}", TEST_SECRET, "alerting").resealed(sealed, "webhook:1")
    assert resealed is not None
    assert SecretBox(new, TEST_SECRET, "alerting").open(resealed, "webhook:1") == "whsec_x"
    assert SecretBox(new, TEST_SECRET, "alerting").resealed(resealed, "webhook:1") is None
    for bad in ("short", base64.b64encode(b"x").decode()):
        with pytest.raises(ValueError, match="PARK_SECRETS_KEYS"):
            SecretBox(bad, TEST_SECRET, "alerting")


@pytest.mark.integration
async def test_secrets_of_earlier_versions_are_sealed_at_the_start(database: Database, box: SecretBox) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            """insert into webhooks (webhook_id, url, description, min_level, min_level_rank, active, secret, made_at,
                                     made_by, changed_at)
               values ($1, 'http://x', '', 'blue', 1, true, 'whsec_clear', now(), 't', now())""",
            UUID(int=1),
        )
        assert await seal_all(tx, box) == 1
        assert await seal_all(tx, box) == 0
        stored = await tx.fetchval("select secret from webhooks")
    assert "clear" not in stored
    assert box.open(stored, f"webhook:{UUID(int=1)}") == "whsec_clear"


@pytest.fixture
async def admin(chassis: Chassis) -> AsyncIterator[httpx.AsyncClient]:
    bearer = token("webhook:write", "alarm:read", "alarm:close", role=Role.ADMINISTRATOR, username="root")
    async with asgi_client(chassis, bearer) as client:
        yield client


@pytest.fixture
async def peer() -> AsyncIterator[HttpPeer]:
    async with http_peer() as listening:
        listening.otherwise = ("200 OK", b'{"code":0,"errcode":0}')
        yield listening


async def contact(admin: httpx.AsyncClient, name: str, role: str, **more: Any) -> None:
    body = {"display_name": name, "role": role, "email": f"{name}@park.example", "phone": "13800000000", **more}
    answer = await admin.put(f"/contacts/{name}", json=body)
    assert answer.status_code in {200, 201}, answer.text


async def sms(admin: httpx.AsyncClient, peer: HttpPeer, **more: Any) -> str:
    config = {"url": f"{peer.url}/sms", "body": '{"to":"$phone","text":"$text","key":"$secret"}'}
    body = {"kind": "sms", "name": "短信", "config": config, "secret": {"secret": "k-9"}, "min_level": "blue", **more}
    answer = await admin.post("/channels", json=body)
    assert answer.status_code == 201, answer.text
    channel_id: str = answer.json()["channel_id"]
    return channel_id


async def listed(database: Database) -> list[dict[str, Any]]:
    async with database.reading() as connection:
        return await messages.message_list(
            connection, state=None, channel_id=None, alarm_id=None, after=None, limit=100
        )


@pytest.mark.integration
async def test_people_behind_the_names_are_reached_once_a_group_and_others_not(
    admin: httpx.AsyncClient, peer: HttpPeer, database: Database, settings: Settings, box: SecretBox, take_in: Any
) -> None:
    await sms(admin, peer)
    await contact(admin, "zhang", "officer")
    await contact(admin, "li", "inspector")
    await contact(admin, "wang", "enterprise", enterprise_id=str(ENTERPRISE))
    await contact(admin, "other", "enterprise", enterprise_id=str(UUID(int=8)))
    await contact(admin, "gone", "officer", active=False)
    await take_in(finding(1.8), finding(1.8, subject=UUID(int=12)))
    await Notifier(database, settings).tell_due()
    sender = MessageSender(database, settings, box)
    async with sender.client() as client:
        await sender.send_due(client)
    found = await listed(database)
    assert sorted((one["recipient"], one["state"]) for one in found) == [
        ("person:wang", "delivered"), ("person:zhang", "delivered"),
    ]  # fmt: skip
    assert len(peer.received) == 2
    assert "等 2 条告警" in json.loads(peer.received[0].body)["text"]
    assert json.loads(peer.received[0].body)["key"] == "k-9"
    async with database.reading() as connection:
        rows = await connection.fetch("select body from outbox where topic = 'alerting.notifications.v1'")
    assert len(rows) >= 4, "two in the app, two outside"
    assert all(b"13800000000" not in bytes(row["body"]) for row in rows), "an address never leaves in an event"


@pytest.mark.integration
async def test_a_chat_is_told_once_of_a_group_and_only_from_its_level_on(
    admin: httpx.AsyncClient, peer: HttpPeer, database: Database, settings: Settings, take_in: Any
) -> None:
    for level, name in (("red", "红色群"), ("yellow", "值班群")):
        body = {"kind": "feishu", "name": name, "secret": {"url": f"{peer.url}/hook"}, "min_level": level}
        assert (await admin.post("/channels", json=body)).status_code == 201
    await take_in(finding(1.8), finding(1.8, subject=UUID(int=12)))
    await Notifier(database, settings).tell_due()
    assert [one["channel_name"] for one in await listed(database)] == ["值班群"]


@pytest.mark.integration
async def test_quiet_hours_hold_a_message_and_one_that_is_over_is_dropped(
    admin: httpx.AsyncClient, peer: HttpPeer, database: Database, settings: Settings, box: SecretBox, take_in: Any
) -> None:
    await sms(admin, peer)
    await contact(admin, "zhang", "officer", quiet=[{"start": "00:00", "end": "00:00"}])
    await take_in(finding(1.8))
    await Notifier(database, settings).tell_due()
    (held,) = await listed(database)
    assert (held["state"], held["waited_for_quiet"]) == ("pending", True)
    assert held["next_attempt_at"] > now()
    sender = MessageSender(database, settings, box)
    async with sender.client() as client:
        assert await sender.send_due(client) == 0
        async with database.transaction() as tx:
            await tx.execute("update messages set next_attempt_at = now()")
        alarm_id = (await admin.get("/alarms")).json()["items"][0]["alarm_id"]
        closed = await admin.post(f"/alarms/{alarm_id}/close", json={"reason": "handled"})
        assert closed.status_code == 200
        assert await sender.send_due(client) == 1
    assert [one["state"] for one in await listed(database)] == ["dropped"]
    assert peer.received == []


@pytest.mark.integration
async def test_secrets_are_never_shown_back_and_kept_when_a_change_names_none(
    admin: httpx.AsyncClient, peer: HttpPeer, database: Database, settings: Settings, box: SecretBox
) -> None:
    channel_id = await sms(admin, peer)
    robot = {"kind": "wecom", "name": "群", "secret": {"url": f"{peer.url}/send?key=TOP-SECRET"}}
    made = (await admin.post("/channels", json=robot)).json()
    assert made["config"]["address"] == "http://127.0.0.1/…"
    changed = await admin.put(
        f"/channels/{channel_id}",
        json={"kind": "sms", "name": "新名", "config": {"url": f"{peer.url}/v2", "body": "$text $secret"}},
    )
    assert changed.status_code == 200, changed.text
    again = await admin.put(f"/channels/{made['channel_id']}", json={"kind": "wecom", "name": "群", "config": {}})
    assert again.status_code == 200, again.text
    listing = await admin.get("/channels")
    for answer in (changed, again, listing):
        assert "k-9" not in answer.text
        assert "TOP-SECRET" not in answer.text
    assert [one["has_secret"] for one in listing.json()["items"]] == [True, True]
    async with database.reading() as connection:
        stored = await connection.fetch("select secret, config::text as config from channels")
    assert all("k-9" not in row["secret"] + row["config"] for row in stored)
    tested = await admin.post(f"/channels/{channel_id}/test", json={"address": "13900000000"})
    assert tested.status_code == 202
    assert (await admin.post(f"/channels/{channel_id}/test", json={"address": "x"})).status_code == 422
    sender = MessageSender(database, settings, box)
    async with sender.client() as client:
        await sender.send_due(client)
    assert peer.received[0].body.endswith(b" k-9")
    assert (await admin.put(f"/channels/{channel_id}", json=robot)).status_code == 422, "the kind cannot change"
    assert (await admin.delete(f"/channels/{channel_id}")).status_code == 204
    resent = await admin.post(f"/messages/{tested.json()['message_id']}/resend")
    assert (resent.status_code, resent.json()["code"]) == (409, "channel-removed")


@pytest.mark.integration
async def test_templates_are_edited_and_a_bad_one_is_refused(admin: httpx.AsyncClient) -> None:
    assert (await admin.put("/message-templates/sms/zh", json={"text": "告警 $number"})).status_code == 200
    refused = await admin.put("/message-templates/sms/zh", json={"text": "告警 $nummer"})
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "text")
    found = (await admin.get("/message-templates")).json()
    assert (
        next(one for one in found["items"] if (one["kind"], one["language"]) == ("sms", "zh"))["text"] == "告警 $number"
    )
    assert "number" in found["names"]


@pytest.mark.integration
async def test_each_person_keeps_his_own_preferences(chassis: Chassis, admin: httpx.AsyncClient) -> None:
    async with asgi_client(chassis, token("alarm:read", role=Role.INSPECTOR, username="li")) as li:
        assert (await li.get("/notification-preferences")).json()["email"] == ""
        bad = await li.put("/notification-preferences", json={"email": "li at park"})
        assert (bad.status_code, bad.json()["errors"][0]["where"]) == (422, "email")
        own = {"email": "li@park.example", "language": "en", "quiet": [{"start": "22:00", "end": "07:00"}]}
        assert (await li.put("/notification-preferences", json=own)).status_code == 200
        assert (await li.get("/contacts")).status_code == 403
    (kept,) = (await admin.get("/contacts")).json()["items"]
    assert (kept["username"], kept["role"], kept["quiet"][0]["override_from"]) == ("li", "inspector", "red")
    assert (await admin.delete("/contacts/li")).status_code == 204
