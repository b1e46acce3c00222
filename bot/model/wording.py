"""The words in the body of a message, wherever they stand in it, and the same body with other words in their places."""

import msgspec

from bot.model.talk import Body, CardBody, Choice, ChoicesBody, ImageBody, TextBody, VoiceBody

_CARD = ("title", "text", "price", "ref", "url")


def words_of(body: Body) -> tuple[str, ...]:
    """What people can read of a body, part by part; "" for a part that is absent."""
    match body:
        case TextBody(text=text):
            return (text,)
        case ImageBody(alt=alt):
            return (alt or "",)
        case VoiceBody(transcript=transcript):
            return (transcript or "",)
        case CardBody():
            return tuple(getattr(body, part) or "" for part in _CARD)
        case ChoicesBody(text=text, choices=choices):
            return (text, *(part for choice in choices for part in (choice.label, choice.send)))
        case _:
            return ()


def with_words(body: Body, words: tuple[str, ...]) -> Body:
    """The body with these words, as many as `words_of` gives and each as long as there. An address that changed leads nowhere, so it is left out."""
    if words == words_of(body):
        return body
    match body:
        case TextBody():
            return msgspec.structs.replace(body, text=words[0])
        case ImageBody():
            return msgspec.structs.replace(body, alt=words[0] or None)
        case VoiceBody():
            return msgspec.structs.replace(body, transcript=words[0] or None)
        case CardBody(url=url):
            told = dict(zip(_CARD, words, strict=True))
            told["url"] = url or "" if told["url"] == url else ""
            return msgspec.structs.replace(body, **{part: word or None for part, word in told.items()})
        case ChoicesBody():
            choices = [Choice(*pair) for pair in zip(words[1::2], words[2::2], strict=True)]
            return msgspec.structs.replace(body, text=words[0], choices=choices)
        case _:
            return body
