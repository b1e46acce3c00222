"""Values that have not the shape of their type: every fault with its path, told in people's words and in neither msgspec's nor a regular expression's."""

import re
from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec

from replies.faults import RuleFault

_WHERE = re.compile(r" - at (?:`key` in )?`\$?(.*)`$")
_EXPECTED = re.compile(
    r"Expected `(?P<wanted>[^`]+)`(?: (?:of length (?P<length>[<>=]+ \d+)|(?P<bound>[<>=]+ [\d.-]+)|matching regex (?P<form>.*?)))?(?:, got `(?P<got>[^`]+)`)?$"
)
_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]+)`$")
_BROKEN = re.compile(r"(?:Input data was truncated|JSON is malformed|'utf-8' codec)")
_INVALID = re.compile(r"Invalid (?:enum )?value (?P<value>.+)$")

_KINDS = {
    "str": ("文字", "text"),
    "int": ("整数", "a whole number"),
    "float": ("数字", "a number"),
    "bool": ("true 或 false", "true or false"),
    "array": ("列表", "a list"),
    "object": ("对象", "an object"),
    "null": ("空", "null"),
}

_MANY: dict[Any, type] = {tuple: list, dict: dict}
"""What JSON has for those types whose parts may be many."""

_SIGNS = {">=": ("至少", "at least"), "<=": ("最多", "at most"), ">": ("大于", "more than"), "<": ("小于", "less than")}

FORMS = {
    r"\S": ("不能只有空白", "not only blanks"),
    r"^https?://": ("以 http:// 或 https:// 开头", "an address that begins with http:// or https://"),
    r"^[A-Za-z0-9_-]+$(?!\n)": ("只含字母、数字、_ 和 -", "letters, digits, _ and - only"),
    r"^[^\s\x00-\x1f\x7f]+$(?!\n)": ("不含空白", "without blanks"),
    r"^[^\s/:@]+$(?!\n)": ("只写域名，例如 example.com", "a domain alone, such as example.com"),
    r"^[a-z0-9][a-z0-9_-]{1,31}$": (
        "2 到 32 个小写字母、数字、_ 或 -，以字母或数字开头",
        "2 to 32 of a-z, 0-9, _ and -, beginning with a letter or digit",
    ),
    r"^[a-z0-9][a-z0-9._@+-]{1,63}$": (
        "2 到 64 个小写字母、数字或 . _ @ + -，以字母或数字开头",
        "2 to 64 of a-z, 0-9 and . _ @ + -, beginning with a letter or digit",
    ),
    r"^[^\s\x00-\x1f\x7f./\\]([^\x00-\x1f\x7f/\\]*[^\s\x00-\x1f\x7f/\\])?$(?!\n)": (
        "不含斜杠，不以点或空格开头，不以空格结尾",
        "no slashes, no dot or blank first, no blank last",
    ),
}
"""The regular expressions that shapes ask for, as people would say them; a test sees that each has its words."""


def misfit(sentence: str) -> RuleFault:
    """A sentence of msgspec as a fault."""
    found = _WHERE.search(sentence)
    en = sentence[: found.start()] if found else sentence
    return RuleFault(found[1] if found else "", *in_words(en))


def in_words(sentence: str) -> tuple[str, str]:
    """What msgspec says of one value, without its place: in Chinese and in English."""
    if match := _MISSING.match(sentence):
        return f"缺少“{match['field']}”。", f"`{match['field']}` is missing."
    if match := _INVALID.match(sentence):
        return f"没有 {match['value']} 这种取值。", f"There is no such value here as {match['value']}."
    if _BROKEN.match(sentence):
        return f"不是有效的 JSON（{sentence}）。", f"This is not valid JSON: {sentence}."
    match = _EXPECTED.match(sentence)
    if match is None:
        return f"这里的值不对（{sentence}）。", f"{sentence}."
    kinds = [_KINDS.get(kind.strip(), (kind.strip(), kind.strip())) for kind in match["wanted"].split("|")]
    zh, en = " 或 ".join(kind[0] for kind in kinds), " or ".join(kind[1] for kind in kinds)
    if match["length"]:
        sign, number = match["length"].split()
        zh, en = f"{zh}（长度{_SIGNS[sign][0]} {number}）", f"{en} with a length of {_SIGNS[sign][1]} {number}"
    elif match["bound"]:
        sign, number = match["bound"].split()
        zh, en = f"{zh}（{_SIGNS[sign][0]} {number}）", f"{en}, {_SIGNS[sign][1]} {number}"
    elif match["form"]:
        form = FORMS.get(_unquoted(match["form"]), ("格式不对", "in another form"))
        zh, en = f"{zh}（{form[0]}）", f"{en}: {form[1]}"
    if not match["got"]:
        return f"应为{zh}。", f"This must be {en}."
    got = _KINDS.get(match["got"], (match["got"], match["got"]))
    return f"应为{zh}，现在是{got[0]}。", f"This must be {en}, and is {got[1]}."


def misfits(value: object, shape: Any) -> Iterator[RuleFault]:
    """Every fault of a value that does not fit a type; none if it fits.

    What is wrong with a whole is told before what is wrong with its parts; of a list that is too long, or of another kind of thing, the parts are not looked at.
    """
    if (fault := _fault(value, shape)) is None:
        return
    bare, limits = _bare(value, shape)
    own = list(_of_the_whole(value, bare, limits))
    yield from own
    if own and not _is_struct(bare):
        return
    told = bool(own)
    for step, part, kind in _parts(value, bare):
        for one in misfits(part, kind):
            told = True
            yield one.under(step)
    if not told:
        yield fault


def fitting(value: object, shape: Any, wanted: tuple[type, ...]) -> Iterator[tuple[str, Any]]:
    """The parts of a value that are of one of the wanted types and fit, each with its path, although the whole may not."""
    bare, _ = _bare(value, shape)
    if bare in wanted:
        if _fault(value, bare) is None:
            yield "", msgspec.convert(value, bare)
        return
    for step, part, kind in _parts(value, bare):
        for path, found in fitting(part, kind, wanted):
            yield step + path, found


def _fault(value: object, shape: Any) -> RuleFault | None:
    try:
        msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        return misfit(str(error))
    return None


def _of_the_whole(value: object, bare: Any, limits: tuple[Any, ...]) -> Iterator[RuleFault]:
    """What is wrong with it whatever its parts are: a missing member, too many of them."""
    if _is_struct(bare) and isinstance(value, dict):
        for field in msgspec.structs.fields(bare):
            if field.required and field.encode_name not in value:
                yield misfit(f"Object missing required field `{field.encode_name}`")
    elif limits and isinstance(value, _MANY.get(get_origin(bare), ())):
        some = dict[str, Any] if isinstance(value, dict) else tuple[Any, ...]
        if fault := _fault(value, Annotated[some, *limits]):
            yield fault


def _parts(value: object, bare: Any) -> Iterator[tuple[str, object, Any]]:
    """The members or elements of a value with the types they should have."""
    origin = get_origin(bare)
    if _is_struct(bare) and isinstance(value, dict):
        kinds = _kinds(bare)
        for field in msgspec.structs.fields(bare):
            if field.encode_name in value:
                yield f".{field.encode_name}", value[field.encode_name], kinds[field.name]
    elif origin is tuple and isinstance(value, list):
        yield from ((f"[{place}]", part, get_args(bare)[0]) for place, part in enumerate(value))
    elif origin is dict and isinstance(value, dict):
        yield from ((f".{key}", part, get_args(bare)[1]) for key, part in value.items())


def _bare(value: object, shape: Any) -> tuple[Any, tuple[Any, ...]]:
    """A type without its limits, and those. Of several types it is the one that the value claims to be: by its tag, else the only one made of parts."""
    if get_origin(shape) is Annotated:
        return shape.__origin__, shape.__metadata__
    if get_origin(shape) not in {UnionType, Union}:
        return shape, ()
    kinds = [kind for kind in get_args(shape) if kind is not type(None)]
    if all(map(_is_struct, kinds)) and isinstance(value, dict) and len(kinds) > 1:
        kinds = [kind for kind in kinds if kind.__struct_config__.tag == value.get(kind.__struct_config__.tag_field)]
    return _bare(value, kinds[0]) if len(kinds) == 1 else (shape, ())


def _is_struct(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, msgspec.Struct)


@cache
def _kinds(shape: type[msgspec.Struct]) -> dict[str, Any]:
    return get_type_hints(shape, include_extras=True)


def _unquoted(form: str) -> str:
    """A regular expression out of Python's quotes."""
    return form[1:-1].replace("\\\\", "\\")
