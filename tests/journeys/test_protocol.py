"""The protocol walked through on one running hub: several devices, two operators, two accounts, by the official client."""

import asyncio
import io
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import aiohttp
import pytest
from PIL import Image
from socketio.exceptions import ConnectionError as SocketIOConnectionError

from bot.actions.tokens import shared_secret
from channels.rest_client import Refused, Rest
from tests.journeys.hub import HubProcess
from tests.journeys.voices import PythonVoice

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
QUICK = {"WEIHUB_DESK__GRACE_S": "1", "WEIHUB_DESK__SWEEP_S": "0.2"}
RULES = [
    {
        "id": "ship",
        "name": "发货时间",
        "layer": "keyword",
        "when": {"any": [{"mode": "contains", "text": "发货"}]},
        "reply": {"messages": [{"kind": "text", "text": "今天发"}]},
    },
    {"id": "human", "name": "转人工", "layer": "keyword", "when": {"any": [{"mode": "exact", "text": "人工"}]}, "then": {"hand_off": True}},
]

_numbers = itertools.count(1)


class Town:
    """A hub with two accounts, `shop` and `rival`; staff by login, and as many buyers as anybody likes."""

    def __init__(self, hub: HubProcess) -> None:
        self.hub = hub
        made = hub.weihub("account", "create", "shop", "--name", "shop 店", "--owner", "boss")
        assert made.returncode == 0, made.stderr
        self.passwords = {"boss": made.stdout.rpartition(": ")[2].strip()}
        self.tokens: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.teams: dict[str, str] = {}
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._furnish()).result()

    async def _furnish(self) -> None:
        await self.sign_in("boss")
        async with self.rest("boss") as boss:
            await boss.ask("POST", "/accounts", {"handle": "rival", "name": "rival 店"})
            for login, name, account, role in (
                ("enemy", "对手", "rival", "owner"),
                ("wang", "小王", "shop", "operator"),
                ("li", "小李", "shop", "operator"),
            ):
                hired = await boss.ask("POST", f"/accounts/{account}/staff", {"login": login, "name": name, "role": role})
                self.passwords[login] = hired["password"]
                await self.sign_in(login)
            await boss.ask("DELETE", f"/accounts/rival/staff/{self.ids['boss']}")
            made = await boss.ask("POST", "/accounts/shop/teams", {"name": "售后", "members": [self.ids["li"]]})
            self.teams["售后"] = made["id"]
            async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {self.tokens['boss']}", "If-Match": "0"}) as session:
                saved = await session.put(f"{self.hub.url}/api/v1/accounts/shop/rules", json=RULES)
                assert saved.ok, await saved.text()
            await boss.ask("POST", "/accounts/shop/rules:publish", {"note": "first"})

    async def sign_in(self, login: str) -> str:
        """A new token of a member of staff, kept."""
        async with Rest(self.hub.url) as rest:
            answer = await rest.ask("POST", "/sessions", {"login": login, "password": self.passwords[login]})
        self.tokens[login], self.ids[login] = str(answer["token"]), str(answer["person"]["id"])
        return self.tokens[login]

    def token_of(self, person: str) -> str:
        """Of staff by login, of anybody else as a buyer."""
        return self.tokens.get(person) or shared_secret(self.hub.secret).mint(person, f"买家 {person}", 3_600)

    def rest(self, person: str) -> Rest:
        """The REST door as somebody."""
        return Rest(self.hub.url, token=self.token_of(person))


class Visit:
    """What one test does in the town, and everybody it brought."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.voices: list[PythonVoice] = []
        self.keys = (f"key-{number}" for number in itertools.count(next(_numbers) * 1_000))

    async def device(self, person: str) -> PythonVoice:
        """One more device of somebody."""
        voice = PythonVoice()
        await voice.connect(self.town.hub.url, self.town.token_of(person), ["websocket"])
        self.voices.append(voice)
        return voice

    async def buyer(self, *, follows: str = "shop") -> str:
        """A new buyer who follows an account."""
        person = f"buyer-{next(_numbers)}"
        async with self.town.rest(person) as rest:
            await rest.ask("PUT", f"/accounts/{follows}/follow", {"source": "journey"})
        return person

    async def room(self, device: PythonVoice, account: str = "shop") -> str:
        """The conversation of a buyer with an account."""
        return str((await device.call("open", {"account": account}))["conversation"])

    async def say(self, device: PythonVoice, room: str, text: str = "在吗", **more: Any) -> Any:
        """Send a text under a new key; the answer."""
        return await device.call("send", {"conversation": room, "key": next(self.keys), "kind": "text", "body": {"text": text}, **more})

    async def waiting(self) -> tuple[PythonVoice, str]:
        """A buyer's device, and their conversation in the queue."""
        device = await self.device(await self.buyer())
        room = await self.room(device)
        await self.say(device, room, "人工")
        assert (await device.hears("desk"))["state"] == "waiting"
        return device, room

    async def empty_desk(self) -> None:
        """Close whatever other tests left in the shop's queue or with its operators."""
        async with self.town.rest("boss") as boss:
            for state in ("waiting", "operator"):
                for entry in (await boss.ask("GET", f"/accounts/shop/desk?state={state}"))["items"]:
                    await boss.ask("POST", f"/conversations/{entry['desk']['conversation']}/close")

    async def leave(self) -> None:
        """Everybody goes home."""
        await asyncio.gather(*(voice.leave() for voice in self.voices))


async def everything(device: PythonVoice, event: str) -> list[Any]:
    """What a device has heard of an event by now: whatever was pushed to it stands before the answer to its next question."""
    await device.call("inbox", {})
    await asyncio.sleep(0.02)
    heard = device.heard[event]
    return [heard.get_nowait() for _ in range(heard.qsize())]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """One hub for all of these tests."""
    with HubProcess(env=QUICK) as hub:
        yield Town(hub)


@pytest.fixture
async def visit(town: Town) -> AsyncIterator[Visit]:
    """A test's own buyers and devices, on an empty desk."""
    visit = Visit(town)
    await visit.empty_desk()
    yield visit
    await visit.leave()


def code(answer: Any) -> str:
    """The code of a refusal, with the sentence for a person that belongs to it."""
    assert answer["ok"] is False
    assert answer["error"]["message"]
    return str(answer["error"]["code"])


async def test_opening(visit: Visit) -> None:
    """The answer has what the contract says; a second device gets the same conversation; staff have none to open."""
    person = await visit.buyer()
    first, second = await visit.device(person), await visit.device(person)
    opened = await first.call("open", {"account": "shop"})

    assert set(opened) == {"ok", "conversation", "head", "read", "seen", "desk", "account"}
    assert (opened["head"], opened["read"]) == (0, 0)
    assert opened["desk"] == {"conversation": opened["conversation"], "account": "shop", "state": "bot"}
    assert (opened["account"]["handle"], opened["account"]["name"], opened["account"]["chat_open"]) == ("shop", "shop 店", "followers")
    assert await visit.room(second) == opened["conversation"]
    assert code(await first.call("open", {"account": "nowhere"})) == "not_found"
    assert code(await (await visit.device("wang")).call("open", {"account": "shop"})) == "forbidden"


async def test_sending(visit: Visit) -> None:
    """Acknowledged to the sender, pushed to everybody else: with its key to the author's own devices, without to others."""
    person = await visit.buyer()
    sender, other, operator = await visit.device(person), await visit.device(person), await visit.device("wang")
    room = await visit.room(sender)
    assert (await operator.call("pull", {"conversation": room}))["messages"] == []
    asked = {"conversation": room, "key": "q1-" + room, "kind": "text", "body": {"text": "在吗"}}
    sent = await sender.call("send", asked)

    assert set(sent) == {"ok", "conversation", "seq", "at", "duplicate"}
    assert (sent["conversation"], sent["seq"], sent["duplicate"]) == (room, 1, False)
    assert TIME.fullmatch(sent["at"])
    mine, theirs = await other.hears("message"), await operator.hears("message")
    author = {"id": person, "name": f"买家 {person}", "role": "follower"}
    same = {"conversation": room, "seq": 1, "author": author, "kind": "text", "body": {"text": "在吗"}, "at": sent["at"], "fallback": "在吗"}
    assert theirs == same
    assert mine == {**same, "key": asked["key"]}
    assert await everything(sender, "message") == []
    assert (await sender.call("pull", {"conversation": room}))["messages"] == [mine]

    again = await other.call("send", {**asked, "from": "another device"})
    assert again == {**sent, "duplicate": True}
    assert code(await sender.call("send", {**asked, "body": {"text": "在"}})) == "conflict"
    assert code(await sender.call("send", {**asked, "reply_to": 1})) == "conflict"
    assert await everything(operator, "message") == []

    reply = await visit.say(operator, room, "在的", reply_to=1)
    heard = await sender.hears("message")
    assert (heard["seq"], heard["reply_to"], heard["author"]) == (reply["seq"], 1, {"id": visit.town.ids["wang"], "name": "小王", "role": "operator"})
    assert "key" not in heard


async def test_sending_without_waiting_for_the_answer(visit: Visit) -> None:
    """The message is heard instead, under its key."""
    device = await visit.device(await visit.buyer())
    room = await visit.room(device)
    key = next(visit.keys)
    await device.client.emit("send", {"conversation": room, "key": key, "kind": "text", "body": {"text": "在吗"}})
    heard = await device.hears("message")
    assert (heard["key"], heard["seq"]) == (key, 1)


async def test_an_automatic_answer_says_what_it_answers(visit: Visit) -> None:
    """By which rule of which version; the desk may ask why, the buyer may not."""
    person = await visit.buyer()
    device = await visit.device(person)
    room = await visit.room(device)
    sent = await visit.say(device, room, "什么时候发货")
    heard = await device.hears("message")

    assert heard["auto"] == {"rule": "ship", "rule_name": "发货时间", "cause": sent["seq"], "version": 1}
    assert (heard["author"]["role"], heard["author"]["name"], heard["body"]) == ("bot", "shop 店", {"text": "今天发"})
    assert "key" not in heard
    async with visit.town.rest("wang") as desk, visit.town.rest(person) as buyer:
        assert (await desk.ask("GET", f"/conversations/{room}/messages/{sent['seq']}/trace"))["winners"] == ["ship"]
        with pytest.raises(Refused) as refused:
            await buyer.ask("GET", f"/conversations/{room}/messages/{sent['seq']}/trace")
    assert refused.value.code == "not_found"


async def test_recalling(visit: Visit) -> None:
    """Every device of both sides hears of it, later pulls show it, and a device that was away hears of it by `sync`."""
    person = await visit.buyer()
    sender, other, operator = await visit.device(person), await visit.device(person), await visit.device("wang")
    room = await visit.room(sender)
    await operator.call("pull", {"conversation": room})
    sent = await visit.say(sender, room, "说错了")
    await visit.say(sender, room, "这句才对")
    assert code(await operator.call("recall", {"conversation": room, "seq": sent["seq"]})) == "forbidden"
    assert code(await sender.call("recall", {"conversation": room, "seq": 99})) == "not_found"
    for _ in range(2):
        assert await sender.call("recall", {"conversation": room, "seq": sent["seq"]}) == {"ok": True}

    told = {"conversation": room, "seq": sent["seq"], "change": "recalled", "by": person}
    for device in (sender, other, operator):
        assert await everything(device, "changed") == [told]
    (pulled, _) = (await operator.call("pull", {"conversation": room, "after": 0}))["messages"]
    assert (pulled["seq"], pulled["kind"], pulled["body"]) == (1, "system", {"event": "recalled", "by": person})
    (caught,) = (await (await visit.device(person)).call("sync", {"cursors": {room: 2}}))["conversations"]
    assert (caught["messages"], caught["changed"]) == ([], [told])


async def test_read_marks(visit: Visit) -> None:
    """All devices of the person hear them, and the other side; they never go back, and never beyond the end."""
    person = await visit.buyer()
    first, second, operator = await visit.device(person), await visit.device(person), await visit.device("wang")
    room = await visit.room(first)
    for _ in range(3):
        await visit.say(operator, room)

    async def unread() -> tuple[int, int]:
        (listed,) = (await second.call("inbox", {}))["conversations"]
        return listed["read"], listed["unread"]

    assert await unread() == (0, 3)
    for seq in (2, 1, 2, 2**53):
        assert await first.call("read", {"conversation": room, "seq": seq}) == {"ok": True}
    for device in (first, second, operator):
        marks = await everything(device, "read")
        assert marks == [{"conversation": room, "person": person, "seq": seq} for seq in (2, 3)]
    assert await unread() == (3, 0)
    await visit.say(first, room)
    assert await unread() == (3, 0)


async def test_typing(visit: Visit) -> None:
    """One in three seconds is passed on."""
    person = await visit.buyer()
    device, operator = await visit.device(person), await visit.device("wang")
    room = await visit.room(device)
    await operator.call("pull", {"conversation": room})
    for _ in range(3):
        assert await device.call("typing", {"conversation": room}) == {"ok": True}
    assert await everything(operator, "typing") == [{"conversation": room, "person": person}]


async def test_pulling_and_syncing(visit: Visit) -> None:
    """Ascending pages both ways; everything after each cursor, and what is unread elsewhere."""
    person = await visit.buyer()
    device = await visit.device(person)
    room = await visit.room(device)
    for number in range(5):
        await visit.say(device, room, f"第{number}句")

    async def seqs(**where: Any) -> tuple[list[int], bool]:
        answer = await device.call("pull", {"conversation": room, **where})
        assert set(answer) == {"ok", "messages", "more"}
        return [message["seq"] for message in answer["messages"]], answer["more"]

    assert await seqs() == ([1, 2, 3, 4, 5], False)
    assert await seqs(after=1, limit=2) == ([2, 3], True)
    assert await seqs(before=4, limit=2) == ([2, 3], True)
    assert await seqs(after=5) == ([], False)
    assert code(await device.call("pull", {"conversation": room, "after": 1, "before": 3})) == "invalid"

    async with visit.town.rest(person) as rest:
        await rest.ask("PUT", "/accounts/rival/follow")
        there = (await rest.ask("POST", "/accounts/rival/conversation"))["conversation"]
    await visit.say(await visit.device("enemy"), there, "来我们家看看")
    synced = await device.call("sync", {"cursors": {room: 3, "nowhere": 0}})
    assert set(synced) == {"ok", "conversations"}
    caught = {one["conversation"]: one for one in synced["conversations"]}
    assert set(caught) == {room, there}
    assert all(set(one) == {"conversation", "head", "read", "seen", "unread", "messages", "limited", "changed"} for one in caught.values())
    assert [message["seq"] for message in caught[room]["messages"]] == [4, 5]
    assert (caught[there]["unread"], [message["body"]["text"] for message in caught[there]["messages"]]) == (1, ["来我们家看看"])

    listed = await device.call("inbox", {})
    assert set(listed) == {"ok", "conversations", "cursor"}
    assert [(one["conversation"], one["account"], one["title"]) for one in listed["conversations"]] == [
        (there, "rival", "rival 店"),
        (room, "shop", "shop 店"),
    ]
    assert set(listed["conversations"][0]) == {"conversation", "kind", "account", "title", "head", "read", "seen", "unread", "last", "muted"}


async def test_the_queue(visit: Visit) -> None:
    """Everybody is told their place; of two operators who claim at once one wins, and the next in the queue moves up."""
    wang, li = await visit.device("wang"), await visit.device("li")
    assert (await wang.call("desk", {"account": "shop", "watch": True}))["waiting"] == []
    first, room = await visit.waiting()
    second, next_room = await visit.waiting()
    places = [(one["conversation"], one["state"], one["position"]) for one in await everything(wang, "desk")]
    assert places == [(room, "waiting", 1), (next_room, "waiting", 2)]
    assert await everything(li, "desk") == []

    answers = await asyncio.gather(wang.call("claim", {"conversation": room}), li.call("claim", {"conversation": room}))
    assert sorted(answer["ok"] for answer in answers) == [False, True]
    (lost,) = [answer for answer in answers if not answer["ok"]]
    assert (code(lost), lost["error"]["state"]) == ("conflict", "operator")
    (won,) = [answer["desk"] for answer in answers if answer["ok"]]
    assert (await everything(first, "desk"))[-1] == won
    assert won["operator"]["name"] in {"小王", "小李"}
    while (moved := await second.hears("desk"))["position"] != 1:
        pass
    assert moved["state"] == "waiting"
    assert moved.get("expected_wait_s", 1) >= 1
    assert [one["state"] for one in await everything(first, "desk")] == []
    assert (await wang.call("desk", {"account": "shop", "watch": False})) == {"ok": True}
    await everything(wang, "desk")
    await visit.waiting()
    assert await everything(wang, "desk") == []


async def test_who_holds_a_conversation_speaks_in_it(visit: Visit) -> None:
    """Another operator neither speaks, types nor moves it; the owner does."""
    wang, li, boss = await visit.device("wang"), await visit.device("li"), await visit.device("boss")
    _, room = await visit.waiting()
    await visit.say(wang, room, "我来")
    assert (await wang.call("claim", {"conversation": room}))["ok"]
    assert code(await visit.say(li, room)) == "forbidden"
    for event in ("typing", "hand_back", "close"):
        assert code(await li.call(event, {"conversation": room})) == "forbidden"
    for event in ("assign", "transfer"):
        assert code(await li.call(event, {"conversation": room, "to": visit.town.ids["li"]})) == "forbidden"
    assert (await visit.say(boss, room, "我是掌柜"))["ok"]
    assert [one["conversation"] for one in (await wang.call("inbox", {}))["conversations"]] == [room]
    assert (await boss.call("inbox", {}))["conversations"] == []


async def test_passing_on(visit: Visit) -> None:
    """To a colleague who is there, or to a team's queue; to nobody else."""
    wang, li = await visit.device("wang"), await visit.device("li")
    buyer, room = await visit.waiting()
    here = {"conversation": room}
    assert code(await wang.call("transfer", {**here, "to": visit.town.ids["li"]})) == "conflict"
    assert (await wang.call("assign", {**here, "to": visit.town.ids["wang"]}))["desk"]["operator"]["name"] == "小王"
    assert code(await wang.call("transfer", here)) == "invalid"
    assert code(await wang.call("transfer", {**here, "to": visit.town.ids["boss"]})) == "conflict"
    for nobody in ("staff:nobody", visit.town.ids["enemy"], "buyer-1"):
        assert code(await wang.call("transfer", {**here, "to": nobody})) == "not_found"
    assert (await wang.call("transfer", {**here, "to": visit.town.ids["li"]}))["desk"]["operator"]["name"] == "小李"
    assert (await li.hears("desk"))["conversation"] == room
    queued = (await li.call("transfer", {**here, "to": visit.town.teams["售后"]}))["desk"]
    assert (queued["state"], queued["team"], queued["position"]) == ("waiting", visit.town.teams["售后"], 1)
    states = [(one["state"], one.get("operator", {}).get("name")) for one in await everything(buyer, "desk")]
    assert states[-3:] == [("operator", "小王"), ("operator", "小李"), ("waiting", None)]
    assert (await li.call("assign", here))["desk"]["operator"]["name"] in {"小王", "小李"}


async def test_handing_back_closing_and_coming_again(visit: Visit) -> None:
    """The bot answers when it has the conversation; a message opens what was closed."""
    wang = await visit.device("wang")
    buyer, room = await visit.waiting()
    assert (await wang.call("claim", {"conversation": room}))["ok"]
    await visit.say(buyer, room, "什么时候发货")
    assert (await wang.call("hand_back", {"conversation": room}))["desk"]["state"] == "bot"
    assert await everything(buyer, "message") == []
    await visit.say(buyer, room, "到底什么时候发货")
    assert (await buyer.hears("message"))["auto"]["rule"] == "ship"
    assert (await wang.call("close", {"conversation": room}))["desk"]["state"] == "closed"
    assert code(await wang.call("close", {"conversation": room})) == "conflict"
    assert [one["state"] for one in await everything(buyer, "desk")][-3:] == ["operator", "bot", "closed"]
    await visit.say(buyer, room, "人工")
    assert [(await buyer.hears("desk"))["state"] for _ in range(2)] == ["bot", "waiting"]


async def test_an_operator_who_vanishes_gives_the_conversation_back(visit: Visit) -> None:
    """Not while another of their devices is there; then, after the time of grace, the buyer is back in the queue."""
    desktop, phone = await visit.device("wang"), await visit.device("wang")
    buyer, room = await visit.waiting()
    await desktop.call("claim", {"conversation": room})
    await desktop.leave()
    await asyncio.sleep(1.5)
    assert (await everything(buyer, "desk"))[-1]["state"] == "operator"
    await phone.leave()
    desk = await buyer.hears("desk")
    assert (desk["state"], desk["position"]) == ("waiting", 1)


async def test_accounts_know_nothing_of_each_other(visit: Visit) -> None:
    """Of a conversation of another account staff hear and learn nothing: it answers as one that never was."""
    enemy = await visit.device("enemy")
    assert code(await enemy.call("desk", {"account": "shop", "watch": True})) == "forbidden"
    await enemy.call("desk", {"account": "rival", "watch": True})
    buyer, room = await visit.waiting()
    for event in ("pull", "send", "read", "typing", "recall", "claim", "assign", "transfer", "hand_back", "close"):
        data = {"conversation": room, "key": "k", "kind": "text", "body": {"text": "偷看"}, "seq": 1, "to": visit.town.ids["enemy"]}
        refused = await enemy.call(event, data)
        assert refused == await enemy.call(event, {**data, "conversation": "nowhere"})
        assert code(refused) == "not_found"
    assert (await enemy.call("sync", {"cursors": {room: 0}}))["conversations"] == []
    async with visit.town.rest("enemy") as rest:
        for path in ("messages", "desk", "messages/1/trace"):
            with pytest.raises(Refused) as refusal:
                await rest.ask("GET", f"/conversations/{room}/{path}")
            assert refusal.value.code == "not_found"
        for path in ("desk", "followers", "staff", "teams", "canned", "rules", "rules/versions"):
            with pytest.raises(Refused) as refusal:
                await rest.ask("GET", f"/accounts/shop/{path}")
            assert refusal.value.code == "forbidden"
    for event in ("desk", "message", "typing", "read"):
        assert await everything(enemy, event) == []
    assert {one["state"] for one in await everything(buyer, "desk")} <= {"waiting"}


async def test_a_buyer_is_somebody_else_to_each_account(visit: Visit) -> None:
    """Two conversations; what is said in one is not heard in the other, and a key is used once over both."""
    person = await visit.buyer()
    async with visit.town.rest(person) as rest:
        await rest.ask("PUT", "/accounts/rival/follow")
    device, wang, enemy = await visit.device(person), await visit.device("wang"), await visit.device("enemy")
    room, there = await visit.room(device), await visit.room(device, "rival")
    for staff, conversation in ((wang, room), (enemy, there)):
        assert (await staff.call("pull", {"conversation": conversation}))["ok"]
    key = next(visit.keys)
    for conversation, expected in ((room, True), (there, False)):
        answer = await device.call("send", {"conversation": conversation, "key": key, "kind": "text", "body": {"text": "只说给一家听"}})
        assert answer["ok"] is expected
    assert code(answer) == "conflict"
    assert [one["conversation"] for one in await everything(wang, "message")] == [room]
    assert await everything(enemy, "message") == []


async def test_a_dismissed_operator_hears_no_more(visit: Visit) -> None:
    """Of the queue, of a conversation they looked at, of one they held; their sockets may stay."""
    async with visit.town.rest("boss") as boss:
        hired = await boss.ask("POST", "/accounts/shop/staff", {"login": f"temp-{next(_numbers)}", "name": "临时工", "role": "operator"})
        visit.town.passwords[hired["login"]] = hired["password"]
        await visit.town.sign_in(hired["login"])
        temp = await visit.device(hired["login"])
        await temp.call("desk", {"account": "shop", "watch": True})
        looked, looked_room = await visit.waiting()
        held, held_room = await visit.waiting()
        await temp.call("pull", {"conversation": looked_room})
        await temp.call("claim", {"conversation": held_room})
        await boss.ask("DELETE", f"/accounts/shop/staff/{hired['person']['id']}")
    await temp.hears("resync")
    await everything(temp, "desk")
    await everything(temp, "message")
    for device, room in ((looked, looked_room), (held, held_room)):
        await visit.say(device, room, "别让外人听见")
    await visit.waiting()
    assert (await everything(temp, "message"), [one for one in await everything(temp, "desk") if one["state"] != "waiting"]) == ([], [])
    assert code(await temp.call("pull", {"conversation": looked_room})) == "not_found"
    assert code(await temp.call("desk", {"account": "shop", "watch": True})) == "forbidden"


async def test_following_muting_and_an_open_chat(visit: Visit) -> None:
    """Who follows no more reads on and speaks no more; an account open to everyone hears visitors too."""
    person, visitor = await visit.buyer(), f"visitor-{next(_numbers)}"
    device, stranger = await visit.device(person), await visit.device(visitor)
    room = await visit.room(device)
    async with visit.town.rest(person) as rest, visit.town.rest("boss") as boss:
        await rest.ask("PUT", "/accounts/shop/mute")
        assert [one["muted"] for one in (await device.call("inbox", {}))["conversations"]] == [True]
        await rest.ask("DELETE", "/accounts/shop/follow")
        for answer in (await visit.say(device, room), await device.call("typing", {"conversation": room})):
            assert code(answer) == "not_following"
        assert (await device.call("pull", {"conversation": room}))["ok"]
        assert code(await stranger.call("open", {"account": "shop"})) == "not_following"

        async def opened_to(whom: str) -> None:
            version = (await boss.ask("GET", "/accounts/shop"))["version"]
            headers = {"Authorization": f"Bearer {visit.town.tokens['boss']}", "If-Match": f'"{version}"'}
            async with aiohttp.ClientSession(headers=headers) as session:
                assert (await session.patch(f"{visit.town.hub.url}/api/v1/accounts/shop", json={"chat_open": whom})).ok

        await opened_to("everyone")
        try:
            assert (await visit.say(stranger, await visit.room(stranger)))["ok"]
            assert (await visit.say(device, room))["ok"]
        finally:
            await opened_to("followers")
        assert code(await visit.say(stranger, await visit.room(stranger))) == "not_following"


async def test_a_picture(visit: Visit) -> None:
    """Uploaded by REST, shown by a message, fetched by both sides and nobody else; recalled, by its owner alone."""
    person, other = await visit.buyer(), await visit.buyer()
    device, wang = await visit.device(person), await visit.device("wang")
    room = await visit.room(device)
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "JPEG")
    form = aiohttp.FormData()
    form.add_field("file", out.getvalue(), filename="../../etc/passwd", content_type="text/html")
    url = f"{visit.town.hub.url}/api/v1/media"

    async def fetch(who: str) -> int:
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {visit.town.token_of(who)}"}) as session:
            return (await session.get(f"{url}/{stored['media']}")).status

    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {visit.town.token_of(person)}"}) as session:
        stored = await (await session.post(url, data=form)).json()
    assert (stored["kind"], stored["type"], stored["width"], stored["height"]) == ("image", "image/jpeg", 60, 40)
    assert [await fetch(who) for who in (person, "wang", other, "enemy")] == [200, 404, 404, 404]
    body = {"media": stored["media"], "width": 60, "height": 40}
    await wang.call("pull", {"conversation": room})
    sent = await device.call("send", {"conversation": room, "key": next(visit.keys), "kind": "image", "body": body})
    heard = await wang.hears("message")
    assert (heard["kind"], heard["body"], heard["fallback"]) == ("image", body, "[图片]")
    assert [await fetch(who) for who in (person, "wang", other, "enemy")] == [200, 200, 404, 404]
    stolen = await visit.device(other)
    answer = await stolen.call("send", {"conversation": await visit.room(stolen), "key": next(visit.keys), "kind": "image", "body": body})
    assert (code(answer), answer["error"]["path"]) == ("invalid", "body.media")
    assert (await device.call("recall", {"conversation": room, "seq": sent["seq"]}))["ok"]
    assert [await fetch(who) for who in (person, "wang")] == [200, 404]


async def test_rest_has_the_same_verbs(visit: Visit) -> None:
    """What is done by REST is heard on the sockets as if it had been done there."""
    person = await visit.buyer()
    device, wang = await visit.device(person), await visit.device("wang")
    async with visit.town.rest(person) as buyer, visit.town.rest("wang") as desk:
        opened = await buyer.ask("POST", "/accounts/shop/conversation")
        room = opened["conversation"]
        assert {"ok": True, **opened} == await device.call("open", {"account": "shop"})
        await wang.call("pull", {"conversation": room})
        message = {"key": next(visit.keys), "kind": "text", "body": {"text": "从 REST 来"}}
        sent = await buyer.ask("POST", f"/conversations/{room}/messages", message)
        assert await buyer.ask("POST", f"/conversations/{room}/messages", message) == {**sent, "duplicate": True}
        mine, theirs = await device.hears("message"), await wang.hears("message")
        assert mine == {**theirs, "key": message["key"]}
        assert await buyer.ask("GET", f"/conversations/{room}/messages?after=0") == {"messages": [mine], "more": False}
        await desk.ask("POST", f"/conversations/{room}/typing")
        assert (await device.hears("typing"))["person"] == visit.town.ids["wang"]
        await desk.ask("PUT", f"/conversations/{room}/read", {"seq": 1})
        assert await device.hears("read") == {"conversation": room, "person": visit.town.ids["wang"], "seq": 1}
        for verb, state in (("claim", "operator"), ("hand_back", "bot"), ("assign", "operator"), ("close", "closed")):
            moved = await desk.ask("POST", f"/conversations/{room}/{verb}")
            assert moved["state"] == state
            assert await device.hears("desk") == moved
            assert await buyer.ask("GET", f"/conversations/{room}/desk") == moved
        await buyer.ask("DELETE", f"/conversations/{room}/messages/{sent['seq']}")
        assert (await wang.hears("changed"))["seq"] == sent["seq"]
        synced = await buyer.ask("POST", "/conversations/sync", {"cursors": {room: 1}})
        assert {"ok": True, **synced} == await device.call("sync", {"cursors": {room: 1}})
        listed = await buyer.ask("GET", "/conversations")
        assert listed["items"] == (await device.call("inbox", {}))["conversations"]


async def test_too_many_questions_are_told_to_wait(visit: Visit) -> None:
    """By one socket; the person's other devices and their messages are not held up, and wrong questions cost nothing."""
    person = await visit.buyer()
    loud, quiet = await visit.device(person), await visit.device(person)
    room = await visit.room(loud)
    for _ in range(400):
        assert code(await loud.call("pull", {})) == "invalid"
    answers = await asyncio.gather(*(loud.call("sync", {"cursors": {room: 0}}) for _ in range(40)))
    refused = [answer for answer in answers if not answer["ok"]]
    assert {code(answer) for answer in refused} == {"rate_limited"}
    assert refused[0]["error"]["retry_after"] >= 1
    assert (await visit.say(loud, room))["ok"]
    assert (await quiet.call("sync", {"cursors": {room: 0}}))["ok"]


async def test_a_refused_connection_is_told_like_any_refusal(visit: Visit) -> None:
    """With all that belongs to the error: how long to wait, where a person has too many connections."""
    person = f"visitor-{next(_numbers)}"
    await asyncio.gather(*(visit.device(person) for _ in range(10)))
    voice = PythonVoice()
    with pytest.raises(SocketIOConnectionError):
        await voice.client.connect(
            visit.town.hub.url, auth={"token": visit.town.token_of(person), "lang": "en"}, transports=["websocket"], wait_timeout=5, retry=False
        )
    told = (await voice.hears("connect_error"))["data"]
    assert told == {"code": "rate_limited", "message": "Too many connections of this person.", "retry_after": 5}
    await voice.client.shutdown()


async def test_half_an_emoji_is_one_letter(visit: Visit) -> None:
    """A client cut a text in the middle of one; the message arrives and the connection stays."""
    device = await visit.device(await visit.buyer())
    room = await visit.room(device)
    assert (await visit.say(device, room, "好\ud83d"))["ok"]
    (message,) = (await device.call("pull", {"conversation": room}))["messages"]
    assert message["body"]["text"] == "好\ufffd"


@pytest.mark.parametrize(("wished", "sentence"), [("en", "There is no such account."), ("zh", "没有这个账号。"), ("", "没有这个账号。")])
async def test_errors_speak_the_callers_language(visit: Visit, wished: str, sentence: str) -> None:
    """Chinese unless they wish otherwise; what nobody waits for is told as an `error`."""
    voice = PythonVoice()
    visit.voices.append(voice)
    auth = {"token": visit.town.token_of("anybody"), "lang": wished}
    await voice.client.connect(visit.town.hub.url, auth=auth, transports=["websocket"], wait_timeout=5)
    assert (await voice.call("open", {"account": "nowhere"}))["error"] == {"code": "not_found", "message": sentence}
    await voice.client.emit("open", {"account": "nowhere"})
    assert await voice.hears("error") == {"code": "not_found", "message": sentence}
