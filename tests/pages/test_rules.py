"""The room of automatic replies: a seller's whole way with a rule, and what else is done with rules."""

import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.async_api import Locator, Page, expect

from tests.journeys.voices import signed_in
from tests.pages.people import DESKTOP, PHONE, People, until
from tests.pages.test_looks import findings

TOO_MANY = 429
EVIL = '<img src=x onerror="window.pwned=1"><b>{{x}}</b>'


class RuleRoom:
    """The room as somebody of the staff uses it."""

    def __init__(self, people: People, page: Page, token: str) -> None:
        self.people = people
        self.page = page
        self.token = token

    async def go(self, *path: str) -> None:
        """Enter a page of the room."""
        await self.page.evaluate("(hash) => { location.hash = hash }", "/".join(["#/demo/rules", *path]))

    def button(self, name: str) -> Locator:
        """A button by its whole name."""
        return self.page.get_by_role("button", name=name, exact=True)

    async def told(self, text: str | re.Pattern[str]) -> None:
        """Wait until the page says so."""
        await expect(self.page.get_by_text(text).first).to_be_visible()

    async def publish(self, note: str) -> None:
        """Publish the draft, and wait until the hub has."""
        await self.button("发布…").click()
        dialog = self.page.get_by_role("dialog", name="发布草稿")
        await dialog.get_by_label("这次改了什么").fill(note)
        await dialog.get_by_role("button", name="发布", exact=True).click()
        await self.told(re.compile(r"已发布第 \d+ 版"))
        await expect(dialog).to_have_count(0)


async def room(people: People, login: str = "owner", *path: str, size: dict[str, int] = DESKTOP, theme: str = "light") -> RuleRoom:
    """The room of the demo's rules, for somebody who has signed in without the form."""
    page = await people.page(size, theme=theme)
    token = ""

    async def signed() -> bool:
        nonlocal token
        answer = await page.request.post(f"{people.hub.url}/api/v1/sessions", data={"login": login, "password": people.hub.passwords[login]})
        assert answer.ok or answer.status == TOO_MANY, await answer.text()
        token = (await answer.json())["token"] if answer.ok else ""
        return answer.ok

    await until(signed)
    await page.goto(f"{people.hub.url}/console#/" + "/".join(["demo", "rules", *path]))
    await expect(page.locator(".rules-room")).to_be_visible()
    return RuleRoom(people, page, token)


async def test_a_seller_writes_tries_replays_publishes_and_goes_back(mortals: People) -> None:
    """Lint stands beside the field; the buyer's next question gets the new answer, and after the way back the old one."""
    people = mortals
    people.expected = (*people.expected, "400")  # a rule with a fault is refused on the way
    buyer = await people.buyer(size=DESKTOP)
    await buyer.say("你们招不招实习生")
    await buyer.sent("你们招不招实习生")

    seller = await room(people, "owner", "shipping-time")
    page = seller.page
    keywords = page.get_by_role("group", name="关键词", exact=True)
    await keywords.get_by_label("添加关键词").fill("发")
    await keywords.get_by_label("添加关键词").press("Enter")
    await expect(keywords.locator(".remarks")).to_contain_text("一个字")
    await keywords.get_by_role("listitem").filter(has_text=re.compile("^发×?$")).locator(".ant-tag-close-icon").click()
    await expect(keywords.locator(".remarks")).to_have_count(0)

    # A fault of the hub stands beside its field as well; what is not saved asks before one leaves.
    text = page.get_by_label("说什么").first
    await text.fill("亲{{nobody|}}，今天都发完啦")
    await seller.button("保存到草稿").click()
    await expect(page.get_by_role("group", name="回复内容").locator(".remarks li[data-severity=error]").first).to_contain_text("nobody")
    await text.fill("亲{{name|}}，今天下单今天发，晚上十点前都算")
    await expect(page.get_by_role("group", name="买家看到的样子")).to_contain_text("亲小雨，今天下单今天发")
    await page.get_by_role("link", name="版本", exact=True).click()
    await page.get_by_role("dialog", name="改动还没保存").get_by_role("button", name="保存并离开").click()
    await expect(page.locator(".compared")).to_contain_text("晚上十点前都算")

    await seller.button("试一试").click()
    await page.get_by_label("买家可能会说的话").fill("什么时候发货呀")
    await page.keyboard.press("Enter")
    await expect(page.locator(".tried")).to_contain_text("晚上十点前都算")
    await expect(page.locator(".tried mark").first).to_be_visible()
    await page.keyboard.press("Escape")

    await _write_and_replay(seller)
    await seller.publish("发货改到晚上十点，招实习生")
    await buyer.say("什么时候发货？")
    await buyer.sees("晚上十点前都算")

    await seller.go("~versions")
    old = page.locator(".version").filter(has_text="第 1 版")
    await old.get_by_role("button", name="退回这一版").click()
    await page.get_by_role("dialog").get_by_role("button", name="退回这一版").click()
    await seller.told("已退回：现在是第 3 版")
    await buyer.say("请问什么时候发货")
    await buyer.sees("16:00 前付款当天发货")
    assert [one[:300] for one in people.complaints] == []


async def _write_and_replay(seller: RuleRoom) -> None:
    """A new rule for what nobody answered so far: the replay finds the buyer's question of before."""
    page = seller.page
    await seller.go()
    await seller.button("新建规则").click()
    await page.get_by_label("名称", exact=True).fill("实习生")
    await page.get_by_label("添加关键词").fill("实习生，招人")
    await seller.button("添加").first.click()
    await page.get_by_label("说什么").first.fill("招的，请把简历发来")
    await seller.button("保存到草稿").click()
    await expect(page.locator(".editor-foot")).to_contain_text("和草稿一致")
    await seller.go("~replay")
    await seller.button("开始回放").click()
    changed = page.locator(".replay-rows > li").filter(has_text="实习生")
    await changed.locator("summary").click()
    await expect(changed.locator("q")).to_have_text("你们招不招实习生")


async def test_a_stale_draft_says_who_changed_it_and_keeps_both(mortals: People) -> None:
    """Two owners' changes meet: the page names the other, and mine goes on top of theirs; a deletion can be undone."""
    people = mortals
    people.expected = (*people.expected, "409")
    seller = await room(people)
    page = seller.page
    line = page.locator(".rule-line").filter(has_text="发货时间").first
    await expect(line).to_be_visible()
    rest = await people.rest(seller.token)
    draft = await rest.ask("GET", "/accounts/demo/rules")
    await put_draft(people, seller.token, [{**rule, "name": "运费新说法"} if rule["name"] == "运费与包邮" else rule for rule in draft["rules"]])

    await line.get_by_role("switch").click()
    clash = page.get_by_role("dialog", name="草稿刚被别人改过")
    await expect(clash).to_contain_text("掌柜小满")
    await clash.get_by_role("button", name="保留我的").click()
    await expect(page.locator(".rule-line").filter(has_text="运费新说法")).to_have_count(1)
    await expect(line.get_by_role("switch")).not_to_be_checked()

    await line.get_by_role("button", name="“发货时间”的更多操作").click()
    await page.get_by_role("menuitem", name="删除").click()
    await expect(line).to_have_count(0)
    await seller.button("撤销").click()
    await expect(line).to_have_count(1)

    async def both_are_saved() -> bool:
        names = {rule["name"]: rule.get("enabled", True) for rule in (await rest.ask("GET", "/accounts/demo/rules"))["rules"]}
        return names.get("发货时间") is False and "运费新说法" in names

    await until(both_are_saved)


async def test_a_file_is_looked_at_first_and_a_pack_is_one_button(mortals: People) -> None:
    """A bad row is reported by its cell and keeps no good one out; markup in names and patterns stays text everywhere."""
    people = mortals
    seller = await room(people, "owner", "~files")
    page = seller.page
    table = f'名称,关键词,回复\n"{EVIL.replace(chr(34), chr(34) * 2)}",尺码表,看详情页的尺码表哦\n坏的一行,正则：(,再见\n'
    await page.get_by_label("选择文件").set_input_files({"name": "规则.csv", "mimeType": "text/csv", "buffer": table.encode()})
    await seller.told(re.compile("1 条规则可以用，1 处错误"))
    await expect(page.locator(".report tbody tr").first).to_contain_text("坏的一行")
    await seller.button("把 1 条规则放进草稿").click()
    await seller.told("已放进草稿，还没有发布")

    await page.get_by_role("button", name="装上“食品茶饮”").click()
    await expect(page.get_by_role("dialog", name="已装进草稿")).to_contain_text(re.compile(r"新增 \d+ 条规则"))
    await seller.button("完成").click()

    await seller.go()
    await page.get_by_label("搜索名称、关键词、回复").fill("尺码表 <img")
    line = page.locator(".rule-line")
    await expect(line).to_have_count(1)
    await line.get_by_role("link", name=EVIL).click()
    await expect(page.locator(".editor-head h2")).to_have_text(EVIL)
    await page.get_by_label("说什么").first.fill(f"{EVIL[:20]} 看详情页")
    await expect(page.get_by_role("group", name="买家看到的样子")).to_contain_text(EVIL[:20])
    await seller.button("丢弃改动").click()
    await seller.button("发布…").click()
    await expect(page.get_by_role("dialog", name="发布草稿")).to_contain_text(EVIL)
    assert await page.evaluate("'pwned' in window") is False
    assert [one[:300] for one in people.complaints] == []


async def test_a_replay_that_runs_is_cancelled_and_can_be_had_again(mortals: People) -> None:
    """On a slow line it shows how far it is; cancelled, it shows nothing; the next one is not in the way of the first."""
    people = mortals
    words = [f"{first}{last}" for first in "甲乙丙丁戊己" for last in "子丑寅卯辰"]
    buyer = await people.buyer(size=DESKTOP)
    conversation = await (await people.operator()).conversation_of(buyer.person)
    await people.fill(buyer.token, conversation, [f"{word}有没有货" for word in words])
    rules = [
        {
            "id": f"r{number}",
            "name": f"新规则 {word}",
            "layer": "keyword",
            "when": {"any": [{"mode": "contains", "text": word}]},
            "reply": {"messages": [{"kind": "text", "text": f"{word}有货的"}]},
        }
        for number, word in enumerate(words)
    ]
    await put_draft(people, await signed_in(people.hub, "owner"), rules)
    seller = await room(people, "owner", "~replay")
    page = seller.page
    await people.slow(page, 1_000)
    await seller.button("开始回放").click()
    await expect(page.get_by_role("status").filter(has_text="个会话")).to_be_visible()
    await seller.button("取消").click()
    await expect(seller.button("开始回放")).to_be_visible()
    await expect(page.get_by_role("progressbar")).to_have_count(0)
    await people.slow(page, 0)

    await seller.button("开始回放").click()
    await expect(page.locator(".replay-rows > li").filter(has_text="新规则 甲子")).to_have_count(1)
    assert [one[:300] for one in people.complaints] == []


async def test_rules_that_were_exported_come_back_the_same(mortals: People, tmp_path: Path) -> None:
    """As a workbook that opens, and as JSON: nothing is lost, and the report has no fault."""
    people = mortals
    people.expected = (*people.expected, "429")  # the page is loaded anew again and again: lint asks it to wait
    seller = await room(people, "owner", "~files")
    page, rest = seller.page, await people.rest(seller.token)
    before = (await rest.ask("GET", "/accounts/demo/rules"))["rules"]
    for name in ("Excel 表格", "JSON"):
        async with page.expect_download() as download:
            await seller.button(f"下载 {name}").click()
        file = tmp_path / (await download.value).suggested_filename
        await (await download.value).save_as(file)
        if name == "Excel 表格":
            sheet = load_workbook(file, read_only=True).worksheets[0]
            assert sum(1 for _ in sheet.iter_rows()) > len(before)
        await put_draft(people, seller.token, [])
        await page.reload()
        await page.get_by_label("选择文件").set_input_files(file)
        await seller.told(re.compile(f"{len(before)} 条规则可以用，0 处错误"))
        await seller.button(f"把 {len(before)} 条规则放进草稿").click()
        await seller.told("已放进草稿，还没有发布")
        assert (await rest.ask("GET", "/accounts/demo/rules"))["rules"] == before
    assert [one[:300] for one in people.complaints] == []


async def test_words_of_the_shop_are_saved_and_a_faulty_line_is_named(mortals: People) -> None:
    """What the hub refuses stands beside its lines, with the number of the line; what was typed stays."""
    people = mortals
    people.expected = (*people.expected, "400")
    seller = await room(people, "owner", "~words")
    page, rest = seller.page, await people.rest(seller.token)
    await page.get_by_label("自己的词").fill("亚麻西装\n？！")
    await page.get_by_label("同义的说法").fill("退差价、价保")
    await seller.button("保存到草稿").click()
    await seller.told(re.compile("第 2 行："))
    await expect(page.get_by_label("同义的说法")).to_have_value("退差价、价保")
    await page.get_by_label("自己的词").fill("亚麻西装\n小满会员日")
    await seller.button("保存到草稿").click()
    await seller.told("词表已存进草稿")
    saved = (await rest.ask("GET", "/accounts/demo/rules/vocabulary"))["vocabulary"]
    assert (saved["words"], saved["synonyms"]) == (["亚麻西装", "小满会员日"], [["退差价", "价保"]])
    await page.reload()
    await expect(page.get_by_label("自己的词")).to_have_value("亚麻西装\n小满会员日")
    assert [one[:300] for one in people.complaints] == []


async def test_a_rule_changes_places_by_its_menu_and_by_keys(mortals: People) -> None:
    """One place up or down within its layer; the priorities of the draft say so, and who uses keys stays where they were."""
    people = mortals
    await put_draft(people, await signed_in(people.hub, "owner"), [_named(letter) for letter in "甲乙丙"])
    seller = await room(people)
    page, rest = seller.page, await people.rest(seller.token)
    lines = page.locator(".rule-line .rule-name a")
    await expect(lines).to_have_text(["甲", "乙", "丙"])
    await page.get_by_role("button", name="“丙”的更多操作").click()
    await page.get_by_role("menuitem", name="上移一位").click()
    await expect(lines).to_have_text(["甲", "丙", "乙"])
    await lines.first.focus()
    await page.keyboard.press("Alt+ArrowDown")
    await expect(lines).to_have_text(["丙", "甲", "乙"])
    await page.keyboard.press("Alt+ArrowDown")
    await expect(lines).to_have_text(["丙", "乙", "甲"])

    async def saved() -> bool:
        rules = (await rest.ask("GET", "/accounts/demo/rules"))["rules"]
        return [one["name"] for one in sorted(rules, key=lambda one: -one.get("priority", 0))] == ["丙", "乙", "甲"]

    await until(saved)
    assert [one[:300] for one in people.complaints] == []


def _named(name: str) -> dict[str, Any]:
    reply = {"messages": [{"kind": "text", "text": name}]}
    return {"id": f"r-{name}", "name": name, "layer": "keyword", "when": {"any": [{"mode": "contains", "text": name}]}, "reply": reply}


async def test_an_operator_reads_and_tries_and_is_told_why_not_more(people: People) -> None:
    """Nothing that only owners may is offered as if it could be done."""
    operator = await room(people, "operator", "shipping-time")
    page = operator.page
    await operator.told("你是客服：可以看、试、回放")
    await expect(operator.button("发布…")).to_be_disabled()
    await expect(page.get_by_label("名称", exact=True)).to_be_disabled()
    await expect(operator.button("保存到草稿")).to_have_count(0)
    await operator.button("试一试").click()
    await page.get_by_label("买家可能会说的话").fill("转人工")
    await page.keyboard.press("Enter")
    await expect(page.locator(".tried")).to_contain_text("然后转人工")


@pytest.mark.parametrize(("size", "theme"), [pytest.param(PHONE, "dark", id="phone-dark"), pytest.param(DESKTOP, "light", id="desktop-light")])
async def test_every_page_of_the_room_is_open_to_everybody(people: People, size: dict[str, int], theme: str) -> None:
    """No serious or critical finding, nothing wider than the screen."""
    buyer = await people.buyer(size=DESKTOP)
    await buyer.say("什么时候发货？")
    await buyer.sees("16:00 前付款当天发货")
    seller = await room(people, size=size, theme=theme)
    page = seller.page
    signs = {
        "": ".rule-line",
        "shipping-time": ".editor",
        "~replay": ".replay",
        "~versions": ".version",
        "~stats": ".by-rule",
        "~files": ".formats details",
        "~words": ".vocabulary",
    }
    found: dict[str, Any] = {}
    for path, sign in signs.items():
        await seller.go(path)
        await expect(page.locator(sign).first).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        found[path] = await findings(page)
    await seller.button("试一试").click()
    await page.get_by_label("买家可能会说的话").fill("什么时候发货")
    await page.keyboard.press("Enter")
    await expect(page.locator(".tried")).to_be_visible()
    found["try"] = await findings(page)
    assert {path: told for path, told in found.items() if told} == {}


async def test_three_hundred_rules_are_quick_to_look_through(mortals: People) -> None:
    """Only those that are seen are drawn; the search finds the one."""
    rules = [
        {
            "id": f"r{number}",
            "name": f"规则 {number}",
            "layer": "keyword",
            "when": {"any": [{"mode": "contains", "text": f"词语{number}号"}]},
            "reply": {"messages": [{"kind": "text", "text": f"回答 {number}"}]},
        }
        for number in range(400)
    ]
    await put_draft(mortals, await signed_in(mortals.hub, "owner"), rules)
    seller = await room(mortals)
    page = seller.page
    await seller.told("400 / 400 条")
    assert await page.locator(".rule-line").count() < 60
    await page.get_by_label("搜索名称、关键词、回复").fill("词语377号")
    await expect(page.locator(".rule-line")).to_have_count(1)
    await expect(page.locator(".rule-line")).to_contain_text("规则 377")


async def put_draft(people: People, token: str, rules: list[dict[str, Any]]) -> None:
    """Save a draft as an owner, over whatever is there."""
    rest = await people.rest(token)
    draft = await rest.ask("GET", "/accounts/demo/rules")
    await people.change(token, "PUT", "/accounts/demo/rules", rules, draft["version"])
