"""A hub is built from settings, tells how ready it is, and stops without losing what it acknowledged."""

import asyncio
import json
import socket
import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path

import pytest
from aiohttp import ClientSession

from bot.model.basics import Conflict
from bot.model.groups import Joining
from channels.client import Client
from channels.rest_client import Lost, Refused, ask_any
from config import demo, passwords
from config.keys import buyer_tokens
from config.lifecycle import Lifecycle
from config.office import open_office
from config.settings import Live, Server, Settings, Store
from config.sources import SettingsFault
from config.wiring import Hub, build


def _settings(tmp_path: Path, **more: object) -> Settings:
    return Settings(server=Server(data=str(tmp_path / "data"), port=0, drain_s=0.3), **more)  # type: ignore[arg-type]  # sections by name


async def _readiness(hub: Hub) -> tuple[int, dict[str, str]]:
    async with ClientSession() as session, session.get(f"http://{hub.host}:{hub.port}/readyz") as answer:
        checks = json.loads(await answer.read())["checks"]
        return answer.status, {name: check["state"] for name, check in checks.items()}


async def _buyer(hub: Hub, person: str = "buyer-1") -> Client:
    """A connection, not yet open, of a buyer who follows the demo."""
    tokens = buyer_tokens(hub.office.settings)

    async def token() -> str:
        return tokens.mint(person, person, 600)

    url = f"http://{hub.host}:{hub.port}"
    await ask_any([url], await token(), "PUT", "/accounts/demo/follow", {"source": "test"})
    return Client([url], token, patience_s=3)


async def test_a_hub_is_ready_once_it_listens(tmp_path: Path) -> None:
    """Every check is well, on a port the machine chose."""
    settings = _settings(tmp_path)
    async with build(settings, Lifecycle(10)) as hub:
        status, checks = await _readiness(hub)

    assert status == 200
    assert checks == dict.fromkeys(("process", "database", "log", "bus", "outbox"), "ok")


async def test_pages_that_were_named_and_are_not_there_are_a_fault(tmp_path: Path) -> None:
    """A hub whose operator wants pages does not start without them in silence."""
    settings = Settings(server=Server(data=str(tmp_path / "data"), port=0, pages=str(tmp_path / "nowhere")))
    with pytest.raises(SettingsFault, match=r"server\.pages: there is no index\.html in .*nowhere"):
        async with build(settings, Lifecycle(10)):
            pass


async def test_without_redis_a_hub_is_degraded_and_serves(tmp_path: Path) -> None:
    """A configured Redis that is away takes nothing from the people of this process."""
    settings = _settings(tmp_path, live=Live(redis="redis://127.0.0.1:9/0"))
    async with build(settings, Lifecycle(10), demo.prepare) as hub:
        status, checks = await _readiness(hub)
        async with await _buyer(hub) as device:
            opened = await device.open("demo")
            receipt = await device.send(opened.conversation, "k1", "你好")

    assert (status, checks["bus"]) == (200, "degraded")
    assert receipt.seq >= 1


async def test_a_stop_tells_clients_loses_nothing_and_takes_nobody_in(tmp_path: Path) -> None:
    """Clients hear `drain`, readiness says so, what was acknowledged is in the file, and newcomers are sent away."""
    drained = asyncio.Event()
    async with AsyncExitStack() as visitors:
        session = await visitors.enter_async_context(ClientSession())
        async with build(_settings(tmp_path), Lifecycle(10), demo.prepare) as hub:
            device = await _buyer(hub)
            device.on("drain", lambda _data: drained.set())
            await visitors.enter_async_context(device)
            opened = await device.open("demo")
            acked = {(await device.send(opened.conversation, f"k{number}", "人工")).seq for number in range(20)}
            # A connection that stands before the stop still gets an answer.
            await _status(hub, session)
            watching = asyncio.create_task(_while_draining(hub, session, drained))
        seen = await watching

    with closing(sqlite3.connect(tmp_path / "data" / "hub.db")) as store:
        kept = {row[0] for row in store.execute("SELECT seq FROM messages WHERE conversation = ?", (opened.conversation,))}
    assert seen == (503, "refused")
    assert acked <= kept
    assert kept == set(range(1, len(kept) + 1))


async def _status(hub: Hub, session: ClientSession) -> int:
    async with session.get(f"http://{hub.host}:{hub.port}/readyz") as answer:
        await answer.read()
        return answer.status


async def _while_draining(hub: Hub, session: ClientSession, drained: asyncio.Event) -> tuple[int, str]:
    await drained.wait()
    status = await _status(hub, session)
    try:
        await asyncio.open_connection(hub.host, hub.port)
    except OSError:
        return status, "refused"
    return status, "taken in"


async def test_a_second_hub_on_the_same_port_is_refused(tmp_path: Path) -> None:
    """With the address in the sentence, and everything opened before is closed again."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        settings = Settings(server=Server(data=str(tmp_path), port=port))
        with pytest.raises(SettingsFault, match=f"127.0.0.1:{port} cannot be listened on"):
            async with build(settings, Lifecycle(10)):
                pass


async def test_a_shared_database_is_not_migrated_by_a_start(tmp_path: Path, postgres_url: str) -> None:
    """The refusal names the command that does it."""
    with pytest.raises(Conflict, match="weihub migrate"):
        async with build(_settings(tmp_path, store=Store(database=postgres_url)), Lifecycle(10)):
            pass


@pytest.mark.parametrize(
    ("server", "expected"),
    [({"production": True}, "identity.secret is not set"), ({"proxies": ("10.0.0.0/40",)}, r"server\.proxies")],
)
async def test_settings_that_cannot_be_used_are_refused(tmp_path: Path, server: dict[str, object], expected: str) -> None:
    """Before anything is opened."""
    settings = Settings(server=Server(data=str(tmp_path / "data"), port=0, **server))  # type: ignore[arg-type]  # keys by name
    with pytest.raises(SettingsFault, match=expected):
        async with build(settings, Lifecycle(10)):
            pass

    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({"store": Store(database="postgresql://hub:pa55@127.0.0.1:9/hub")}, r"postgresql://hub:\*\*\*@127\.0\.0\.1:9/hub cannot be used"),
        ({"live": Live(redis="127.0.0.1:6379")}, r"live\.redis: Redis URL must"),
    ],
)
async def test_addresses_that_lead_nowhere_are_told_without_their_passwords(tmp_path: Path, sections: dict[str, object], expected: str) -> None:
    """A hub does not start on them."""
    with pytest.raises(SettingsFault, match=expected):
        async with build(_settings(tmp_path, **sections), Lifecycle(10)):
            pass


async def test_the_demo_is_made_once(tmp_path: Path) -> None:
    """A second start finds it; what its seller changed meanwhile stays changed."""
    settings = _settings(tmp_path)
    async with Lifecycle(10) as lifecycle:
        office = await open_office(lifecycle, settings)
        await demo.prepare(office)
        first = demo.passwords_of(settings)
        account, owner = await demo._found(office, demo.read_shop())
        assert [member.person.name for member in await office.staff.members(owner, "demo")] == ["掌柜小满", "客服小林"]
        for canned in (await office.canned.listed(owner, "demo", None, 100)).items[1:]:
            await office.canned.drop(owner, "demo", canned.id)
        await office.rulebook.import_(owner, "demo", b"[]", note="mine")
        chat, sale = (await office.groups.of_account(owner, "demo", None, 100)).items
        assert (chat.joining, chat.members, sale.joining, bool(sale.question)) == (Joining.OPEN, 2, Joining.APPROVAL, True)
        assert [pin.seq for pin in await office.groups.pins(owner, chat.id)] == [1]
        await office.groups.dissolve(owner, sale.id, "不需要")
    async with Lifecycle(10) as lifecycle:
        office = await open_office(lifecycle, settings)
        await demo.prepare(office)
        account, owner = await demo._found(office, demo.read_shop())

        assert demo.passwords_of(settings) == first
        assert account.rules_version == 2
        assert len((await office.canned.listed(owner, "demo", None, 100)).items) == 1
        assert [team.row.name for team in await office.staff.teams(owner, "demo")] == ["售前", "售后"]
        assert [group.id for group in (await office.groups.of_account(owner, "demo", None, 100)).items] == [chat.id]


async def test_lost_passwords_of_the_demo_are_made_anew(tmp_path: Path) -> None:
    """The new ones are those that work."""
    settings = _settings(tmp_path)
    async with Lifecycle(10) as lifecycle:
        office = await open_office(lifecycle, settings)
        await demo.prepare(office)
        first = demo.passwords_of(settings)
        (tmp_path / "data" / passwords.DEMO_FILE).unlink()
        await demo.prepare(office)
        second = demo.passwords_of(settings)
        signed = await office.identity.sign_in("operator", second["operator"], "here")

    assert first.keys() == second.keys()
    assert first["operator"] != second["operator"]
    assert [account.handle for account, _ in signed.accounts] == ["demo"]


async def test_a_forged_token_is_refused_and_a_dead_hub_is_lost(tmp_path: Path) -> None:
    """The client of the command line tells the two apart."""
    async with build(_settings(tmp_path), Lifecycle(10)) as hub:
        url = f"http://{hub.host}:{hub.port}"
        with pytest.raises(Refused, match="token is not valid"):
            await ask_any([url], "forged.token.x", "GET", "/me")
    with pytest.raises(Lost, match="cannot be reached"):
        await ask_any([url], "forged.token.x", "GET", "/me")
