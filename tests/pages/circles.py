"""Groups of the demo as tests and pictures need them: made, joined and written in by REST."""

import secrets

from channels.rest_client import Rest
from tests.pages.people import People
from tests.pages.staff import owner_of

XSS = '<img src=x onerror="document.title=1">'


async def a_group(people: People, name: str, **more: object) -> str:
    """A group of the demo."""
    made = await (await owner_of(people)).ask("POST", "/accounts/demo/groups", {"name": name, **more})
    return str(made["id"])


async def a_member(people: People, group: str, name: str, *, says: str = "", answer: str = f"我想进来 {XSS}") -> str:
    """A follower who joined or asks to, and perhaps said something; the person's id."""
    person = f"m-{secrets.token_hex(6)}"
    rest = await people.rest(people.token(person, name))
    await rest.ask("PUT", "/accounts/demo/follow", {"source": "test"})
    await rest.ask("PUT", f"/groups/{group}/membership", {"answer": answer})
    if says:
        await say(rest, group, says)
    return person


async def say(rest: Rest, group: str, text: str) -> None:
    """Write into a group."""
    await rest.ask("POST", f"/conversations/{group}/messages", {"key": secrets.token_hex(8), "kind": "text", "body": {"text": text}})


async def an_appeal(people: People, group: str, name: str) -> Rest:
    """A member whom the owner muted and who appeals; their own REST."""
    person = await a_member(people, group, name)
    owner, rest = await owner_of(people), await people.rest(people.token(person, name))
    await owner.ask("PUT", f"/groups/{group}/sanctions/{person}/mute", {"seconds": 3_600, "reason": "刷屏"})
    await rest.ask("POST", f"/groups/{group}/appeals", {"text": f"我没有刷屏 {XSS}"})
    return rest


LISTS = (("优惠", "review", "内部优惠价"), ("竞品", "shadow", "隔壁老王店"), ("骂人", "mask", "傻瓜"))
"""Word lists of `peopled`: name, what it does, its word."""
SAID = (
    ("大刘", "你怎么这样说话呀，傻瓜"),
    ("小敏", "周五几点上新呀"),
    ("阿东", "有没有内部优惠价呀，发我一份"),
    ("阿梅", "隔壁老王店也有这款，你们比比看"),
    ("小雨", "亚麻衬衫洗了会不会缩水？"),
    ("阿广", "加我，低价代购，什么牌子都有"),
)
REPORTED = (("大刘", "小敏", "abuse", "说话难听"), ("阿梅", "小雨", "spam", "替别家拉客"))


async def peopled(people: People, name: str) -> str:
    """A busy group of this name, made once: members, lists that found something, reports; somebody is held, appeals against a mute, and asks to come in."""
    owner = await owner_of(people)
    groups = (await owner.ask("GET", "/accounts/demo/groups?limit=100"))["items"]
    found = next((one["id"] for one in groups if one["name"] == name), None)
    return str(found) if found else await _furnished(people, owner, name)


async def _furnished(people: People, owner: Rest, name: str) -> str:
    group = await a_group(people, name, about="每周五上新，先看先买。", joining="approval", question="买过什么？")
    for title, action, word in LISTS:
        await owner.ask("POST", f"/groups/{group}/filters", {"name": title, "action": action, "words": [word]})
    persons = {who: await _let_in(people, owner, group, who) for who, _ in SAID}  # who comes later does not see what was said before
    for who, text in SAID:
        await say(await people.rest(people.token(persons[who], who)), group, text)
    shown = (await owner.ask("GET", f"/conversations/{group}/messages"))["messages"]
    seqs = {message["author"]["id"]: message["seq"] for message in shown}
    for who, by, reason, note in REPORTED:
        reporter = await people.rest(people.token(persons[by], by))
        await reporter.ask("POST", f"/groups/{group}/reports", {"seq": seqs[persons[who]], "reason": reason, "note": note})
    muted = await _let_in(people, owner, group, "阿强")
    await owner.ask("PUT", f"/groups/{group}/sanctions/{muted}/mute", {"seconds": 86_400, "reason": "刷屏"})
    await (await people.rest(people.token(muted, "阿强"))).ask("POST", f"/groups/{group}/appeals", {"text": "我只是多问了几句尺码，没有刷屏。"})
    await a_member(people, group, "小北", answer="去年买过一件亚麻衬衫")
    return group


async def _let_in(people: People, owner: Rest, group: str, name: str) -> str:
    person = await a_member(people, group, name, answer="一条半裙")
    await owner.ask("POST", f"/groups/{group}/requests/{person}", {"approve": True})
    return person
