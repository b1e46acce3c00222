"""The console's room of the account: what an owner sets there is what the hub has, and others only look."""

import secrets

import pytest
from playwright.async_api import expect

from bot.actions.tokens import shared_secret
from channels.rest_client import Rest
from tests.pages.people import DESKTOP, PHONE, People, until
from tests.pages.staff import at_console, hired, new_account, owner_of
from tests.pages.test_looks import findings

SAVED = "已保存"
XSS = '<img src=x onerror="document.title=1">'


async def test_a_new_owner_goes_through_the_first_week(people: People) -> None:
    """Profile, opening hours, a colleague: each step is done when the hub has it; the checklist leads there and moves."""
    rest, handle = await owner_of(people), await new_account(people)
    hand = await at_console(people, "owner", "account", account=handle)
    page = hand.page
    step = page.locator(".begin-steps li")
    await expect(page.get_by_role("img", name="未完成")).to_have_count(6)

    await step.filter(has_text="填好资料").get_by_role("link").click()
    await page.get_by_label("简介").fill(f"卖衣服的 {XSS}")
    await page.get_by_label("头像地址").fill("ftp://shop.example/a.png")
    await hand.button("保存").click()
    assert (await rest.ask("GET", f"/accounts/{handle}"))["version"] == 1, "an address that no page may show is not even sent"
    await page.get_by_label("头像地址").fill("https://127.0.0.1:1/a.png")
    await hand.button("保存").click()
    await hand.told(SAVED)
    seen = await rest.ask("GET", f"/accounts/{handle}")
    assert (seen["about"], seen["avatar"]) == (f"卖衣服的 {XSS}", "https://127.0.0.1:1/a.png")

    await hand.enter("account", "hours")
    await page.get_by_label("按星期设置").check()
    await page.get_by_label("星期日第 1 段开始").fill("22:00")
    await page.get_by_label("星期日第 1 段结束").fill("02:00")
    await page.get_by_role("button", name="删除星期六第 1 段").click()
    await page.get_by_role("button", name="添加特殊日子").click()
    await page.get_by_label("第 1 个特殊日子：第一天").fill("2027-02-05")
    await page.get_by_label("第 1 个特殊日子：最后一天").fill("2027-02-11")
    await hand.button("保存").click()
    await until(lambda: _has(rest, handle, HOURS))

    await hand.enter("account", "begin")
    await expect(page.get_by_role("img", name="未完成")).to_have_count(4)
    await hand.button("不再显示").click()
    await expect(page.get_by_role("heading", name="开店第一周")).to_have_count(0)
    assert await page.title() != "1"


async def test_a_colleague_is_hired_promoted_and_dismissed(people: People) -> None:
    """The first password is shown once and works; the last owner can be neither demoted nor dismissed."""
    account = await new_account(people)
    hand = await at_console(people, "owner", "account", "staff", account=account)
    page, login = hand.page, f"new-{secrets.token_hex(4)}"
    await expect(page.get_by_label("掌柜小满的角色")).to_be_disabled()
    await hand.button("添加员工").click()
    await page.get_by_label("登录名").fill(login)
    await page.get_by_label("名字").fill(XSS)
    await page.get_by_label("小组管理员").check()
    await hand.button("添加").click()
    password = await page.get_by_label("初始密码", exact=True).input_value()
    await hand.button("完成").click()
    theirs = await at_console(people, login, "account", password=password, account=account)
    await expect(theirs.page.get_by_role("navigation").get_by_text("接待台")).to_have_count(0)
    await expect(theirs.page.get_by_label("名称")).to_be_disabled()

    row = page.get_by_role("list", name="员工").get_by_role("listitem").filter(has_text=login)
    await expect(row).to_contain_text(XSS)
    await row.get_by_role("combobox").select_option("operator")
    await hand.told(f"{XSS} 现在是客服")
    await row.get_by_role("button").click()
    await page.get_by_role("dialog").get_by_role("button", name="移除").click()
    await expect(row).to_have_count(0)


async def test_a_prepared_answer_and_a_team_are_written(people: People) -> None:
    """What is saved is listed; a title that is taken says so beside the form, and what was typed stays."""
    login, password = await hired(people, "operator", "小周")
    hand = await at_console(people, login, "account", "canned", password=password)
    page, title = hand.page, f"尺码 {secrets.token_hex(3)}"
    people.expected = (*people.expected, "409")  # the title is taken
    for text, outcome in ((XSS, "listed"), ("第二条", "refused")):
        await hand.button("新建快捷回复").click()
        await page.get_by_label("标题").fill(title)
        await page.get_by_label("内容").fill(text)
        await hand.button("保存").click()
        if outcome == "listed":
            await expect(page.get_by_role("list", name="快捷回复").get_by_role("listitem").filter(has_text=title)).to_contain_text(XSS)
    await expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    await expect(page.get_by_label("内容")).to_have_value("第二条")

    owner = await at_console(people, "owner", "account", "teams")
    name = f"夜班 {secrets.token_hex(3)}"
    await owner.button("新建分组").click()
    await owner.page.get_by_label("分组名称").fill(name)
    await owner.page.get_by_label("小周").first.check()
    await owner.button("保存").click()
    await expect(owner.page.get_by_role("list", name="客服分组").get_by_role("listitem").filter(has_text=name)).to_contain_text("小周")


async def test_the_follow_link_brings_a_follower_with_its_source(people: People) -> None:
    """The link of the page, opened by a buyer as the shop's app does; the account sees the tag. The code is a picture to print."""
    hand = await at_console(people, "owner", "account", "link")
    source = f"柜台 {secrets.token_hex(3)}"
    await hand.page.get_by_label("来源标记").fill(source)
    async with hand.page.expect_download() as download:
        await hand.button("下载 PNG").click()
    picture = await (await download.value).path()
    assert picture.read_bytes().startswith(b"\x89PNG")
    link = await hand.page.get_by_label("链接", exact=True).input_value()

    person = f"b-{secrets.token_hex(6)}"
    token = shared_secret(people.hub.secret).mint(person, "阿文", 3_600)
    buyer = await people.page(PHONE)
    await buyer.goto(f"{link}&token={token}")
    await buyer.get_by_role("button", name="关注", exact=True).click()
    await expect(buyer.get_by_role("button", name="取消关注")).to_be_visible()
    rest = await owner_of(people)
    page = await rest.ask("GET", "/accounts/demo/followers")
    assert next(one["source"] for one in page["items"] if one["person"]["id"] == person) == source
    await hand.enter("account", "begin")
    await hand.enter("account", "link")
    await hand.page.reload()
    await hand.told(source)


async def test_a_password_is_changed_and_other_devices_are_out(people: People) -> None:
    """The old one does not open any more."""
    login, password = await hired(people, "operator", "小吴")
    hand = await at_console(people, login, "account", "self", password=password)
    page = hand.page
    await page.get_by_label("现在的密码").fill(password)
    await page.get_by_label("新密码", exact=True).fill("a-new-pass-phrase")
    await page.get_by_label("再输一次新密码").fill("a-new-pass-phrase")
    await hand.button("修改密码").click()
    await hand.told("密码已修改")
    answer = await page.request.post(f"{people.hub.url}/api/v1/sessions", data={"login": login, "password": password})
    assert answer.status in {401, 429}


@pytest.mark.parametrize(("size", "theme"), [pytest.param(PHONE, "light", id="phone-light"), pytest.param(DESKTOP, "dark", id="desktop-dark")])
async def test_the_account_is_open_to_everybody(people: People, size: dict[str, int], theme: str) -> None:
    """No serious or critical finding in any view; nothing is wider than the page."""
    hand = await at_console(people, "owner", "account", size=size, theme=theme)
    found = {}
    for view, sign in VIEWS.items():
        await hand.enter("account", view)
        await hand.page.locator(sign).first.wait_for()
        found[view] = await findings(hand.page)
        assert await hand.page.evaluate("document.querySelector('.page-body').scrollWidth <= innerWidth"), view
    assert {view: told for view, told in found.items() if told} == {}


HOURS = {
    "zone": "Asia/Shanghai",
    "weekly": {"mon-fri": ["09:00-18:00"], "sat": [], "sun": ["22:00-02:00"]},
    "holidays": {"2027-02-05/2027-02-11": []},
}


async def _has(rest: Rest, handle: str, hours: object) -> bool:
    return bool((await rest.ask("GET", f"/accounts/{handle}"))["hours"] == hours)


VIEWS = {
    "begin": ".begin-steps",
    "profile": ".preview",
    "hours": ".choice-list",
    "staff": ".rows li",
    "teams": ".rows li",
    "canned": ".rows li",
    "tags": ".nothing-yet",
    "link": ".qr svg",
    "self": ".rows li",
}
