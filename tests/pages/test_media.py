"""Pictures and voice, from the page to the other side and back."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.async_api import expect

from tests.pages.people import DESKTOP, People


def picture(color: str = "teal") -> bytes:
    """A picture of 800 by 500 pixels."""
    held = BytesIO()
    Image.new("RGB", (800, 500), color).save(held, "PNG")
    return held.getvalue()


@pytest.mark.parametrize("way", ["chosen", "pasted", "dropped"])
async def test_a_picture_is_sent_and_seen(people: People, way: str) -> None:
    """Chosen, pasted or dropped: it is stored, sent, drawn at its own proportions, and opened whole by a tap."""
    buyer = await people.buyer(size=DESKTOP)
    if way == "chosen":
        await buyer.page.locator("input[type=file]").first.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": picture()})
    else:
        script = """([bytes, kind]) => {
            const held = new DataTransfer();
            held.items.add(new File([new Uint8Array(bytes)], "a.png", { type: "image/png" }));
            const told = { bubbles: true, cancelable: true };
            const event = kind === "pasted" ? new ClipboardEvent("paste", { ...told, clipboardData: held }) : new DragEvent("drop", { ...told, dataTransfer: held });
            document.querySelector("textarea").dispatchEvent(event);
        }"""
        await buyer.page.evaluate(script, [list(picture()), way])
    shown = buyer.page.locator("article[data-mine=true] .picture img")
    await expect(shown).to_be_visible()
    await expect(buyer.page.locator("article[data-mine=true] .read-mark")).to_have_count(1)
    box = await shown.bounding_box()
    assert box is not None
    assert abs(box["width"] / box["height"] - 1.6) < 0.05

    await buyer.page.locator("article[data-mine=true] .picture").click()
    await expect(buyer.page.get_by_role("dialog").locator("img")).to_be_visible()
    await buyer.page.keyboard.press("Escape")
    await expect(buyer.page.get_by_role("dialog")).to_have_count(0)


async def test_what_is_no_picture_is_refused_in_words(people: People) -> None:
    """The hub looks at the bytes, not at the name; nothing is sent."""
    people.expected = (*people.expected, "400")
    buyer = await people.buyer(size=DESKTOP)
    await buyer.page.locator("input[type=file]").first.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture at all"})
    await expect(buyer.page.locator(".composer .fault")).to_contain_text("没有上传成功")
    assert await buyer.page.locator("article[data-mine=true]").count() == 0


async def test_a_voice_note_is_recorded_sent_and_played(people: People) -> None:
    """One tap begins, another sends; it plays, shows where it is, and has the length it has."""
    buyer = await people.buyer(size=DESKTOP)
    await buyer.page.get_by_role("button", name="按一下开始录音").click()
    await expect(buyer.page.get_by_text("正在录音 1″")).to_be_visible()
    await buyer.page.get_by_role("button", name="结束并发送").click()
    voice = buyer.page.locator("article[data-mine=true] .voice")
    await expect(voice).to_be_visible()
    await expect(buyer.page.locator("article[data-mine=true] .read-mark")).to_have_count(1)

    await voice.get_by_role("button").click()
    await expect(voice.locator("rect[data-done=true]").first).to_be_attached()
