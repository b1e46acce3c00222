"""A stranger's first five minutes, with nothing but the commands that the start prints."""

import re
from collections.abc import Iterator

import pytest

from tests.journeys.hub import HubProcess
from tests.journeys.typist import Typist


@pytest.fixture(scope="module")
def hub() -> Iterator[HubProcess]:
    """`weihub serve --demo` on an empty data directory."""
    with HubProcess(demo=True) as process:
        yield process


def test_the_start_says_all_that_is_needed(hub: HubProcess) -> None:
    """The address, both sign-ins, and a command to paste."""
    text = hub.log.read_text(encoding="utf-8")

    assert hub.url in text
    assert re.search(r"weihub chat demo --as buyer-1 --data \S+ --url " + hub.url, text)
    for login, password in hub.passwords.items():
        assert re.search(rf"{login} +{password}", text)


def test_a_question_in_a_pipe_gets_its_answer(hub: HubProcess) -> None:
    """Each line is sent, answered, and the end of input ends the chat with 0."""
    chat = hub.weihub("chat", "demo", "--as", "buyer-1", "--lang", "zh", stdin="什么时候发货\n运费多少\n")

    assert chat.returncode == 0, chat.stderr
    assert "自动·发货时间" in chat.stdout
    assert "自动·运费与包邮" in chat.stdout
    assert chat.stdout.index("发货时间") < chat.stdout.index("运费与包邮")


def test_a_number_stands_for_the_choice_it_was_shown_with(hub: HubProcess) -> None:
    """The welcome of a new follower offers things to ask; its second one is the postage."""
    chat = hub.weihub("chat", "demo", "--as", "buyer-3", "--lang", "zh", stdin="2\n")

    assert "2. 运费多少" in chat.stdout
    assert "自动·运费与包邮" in chat.stdout


def test_a_buyer_who_asks_for_people_gets_one(hub: HubProcess) -> None:
    """The bot answers first, then the queue tells the place, then a person claims, answers and closes."""
    with Typist(hub, "chat", "demo", "--as", "buyer-2", "--name", "小红") as buyer, Typist(hub, "chat", "demo", "--operator", "operator") as desk:
        desk.sees("没有人在排队")
        buyer.says("在吗")
        buyer.sees("自动·")
        buyer.says("人工")
        buyer.sees("自动·转人工", "你排在第 1 位")
        desk.sees("有人在排队：小红：人工")
        desk.says("/claim")
        desk.sees("你正在接待 小红")
        buyer.sees("客服小林 正在为你服务")
        desk.says("您好，我是小林")
        buyer.sees("客服小林  您好，我是小林")
        buyer.says("我的裙子几天能到")
        desk.sees("小红  我的裙子几天能到")
        desk.says("/close")
        buyer.sees("会话已结束")

        assert buyer.screen.count("我是小林") == 1
        assert "自动·几天能到" not in buyer.screen
        assert (buyer.leaves(), desk.leaves()) == (0, 0)


def test_the_desk_hands_back_to_the_bot_and_says_what_it_does(hub: HubProcess) -> None:
    """An operator without a conversation is told so; one who gives theirs back hears the bot take over."""
    with Typist(hub, "chat", "demo", "--as", "buyer-4", "--name", "小蓝") as buyer, Typist(hub, "chat", "demo", "--operator", "owner") as desk:
        desk.says("/help")
        desk.sees("/claim [序号] 接待")
        desk.says("在吗")
        desk.sees("还没有接待任何人")
        desk.says("/claim")
        desk.sees("下一位来了就由你接待")
        buyer.says("转人工")
        desk.sees("你正在接待 小蓝")
        desk.says("/queue")
        desk.sees("没有人在排队\n")
        desk.says("/back")
        desk.sees("会话已交还自动回复")
        buyer.sees("现在由自动回复接待")
        buyer.says("运费多少")
        buyer.sees("自动·运费与包邮")


def test_a_chat_survives_the_death_of_the_hub(hub: HubProcess) -> None:
    """It says that it is away, comes back by itself, and goes on where it was."""
    with Typist(hub, "chat", "demo", "--as", "buyer-5") as buyer:
        buyer.says("发什么快递")
        buyer.sees("自动·发什么快递")
        hub.kill()
        buyer.sees("连接断开")
        buyer.says("怎么开发票")
        hub.start()
        buyer.sees("已重新连接", "自动·开发票")

        assert buyer.screen.count("自动·发什么快递") == 1


def test_a_second_start_needs_no_repair_and_makes_nothing_twice(hub: HubProcess) -> None:
    """After a kill: the same passwords, the same conversation, one account."""
    before = hub.passwords
    hub.kill()
    hub.start()

    assert hub.passwords == before
    assert hub.weihub("account", "list").stdout.count("demo\t") == 1
    chat = hub.weihub("chat", "demo", "--as", "buyer-1", "--lang", "zh", "--wait", "1", stdin="谢谢\n")
    assert "发货时间" in chat.stdout + chat.stderr
    assert chat.returncode == 0


def test_a_stop_is_clean_and_leaves_with_zero(hub: HubProcess) -> None:
    """SIGTERM ends it within its budget."""
    process = hub.process
    hub.stop()

    assert process is not None
    assert process.returncode == 0
    hub.start()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("chat", "nobody", "--as", "buyer-1"), "There is no such account"),
        (("chat", "demo", "--as", "staff:1"), "in the hub's own name space"),
        (("chat", "demo", "--operator", "stranger"), "There is no password for stranger"),
        (("chat", "demo", "--as", "x", "--url", "http://127.0.0.1:9"), "cannot be reached"),
        (("replay", "absent.jsonl", "--account", "demo"), "absent.jsonl"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(hub: HubProcess, arguments: tuple[str, ...], expected: str) -> None:
    """On standard error, with exit code 1 and no traceback."""
    done = hub.weihub(*arguments)

    assert done.returncode == 1
    assert expected in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_doctor_finds_a_running_hub_well(hub: HubProcess) -> None:
    """Its own port is no fault while it is the hub that holds it."""
    visit = hub.weihub("doctor")

    assert visit.returncode == 0, visit.stdout
    assert f"a hub is running on 127.0.0.1:{hub.port}" in visit.stdout
