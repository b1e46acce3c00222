"""Files of rules in four formats: `weihub` (our JSON), `wechat`, `csv`, `xlsx`. Bytes in, entries out; rules in, bytes out."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from replies.exchange.grid import BOOK_LIMIT, FILE_LIMIT
from replies.exchange.hub_json import read_rules, write_rules
from replies.exchange.parcel import is_old, old_fault
from replies.exchange.report import Contents, Row, refusal
from replies.exchange.separated import MEDIA_TYPE as CSV_TYPE
from replies.exchange.separated import decoded, read_csv, write_csv
from replies.exchange.table_in import read_table
from replies.exchange.table_out import write_table
from replies.exchange.wechat import is_wechat, read_wechat
from replies.exchange.wechat_out import write_wechat
from replies.exchange.xlsx_in import read_xlsx
from replies.exchange.xlsx_out import MEDIA_TYPE as XLSX_TYPE
from replies.exchange.xlsx_out import write_xlsx
from replies.shapes import Rule

Format = Literal["weihub", "wechat", "csv", "xlsx"]

MEDIA_TYPES: dict[Format, str] = {"weihub": "application/json", "wechat": "application/json", "csv": CSV_TYPE, "xlsx": XLSX_TYPE}
EXTENSIONS: dict[Format, str] = {"weihub": "json", "wechat": "wechat.json", "csv": "csv", "xlsx": "xlsx"}

OBJECTS_LIMIT = 2_000_000
"""Objects and arrays of a JSON file, which take far more memory than their few bytes; the patterns of a set come to a million at most."""

_ZIP = b"PK\x03\x04"


class Written(msgspec.Struct, frozen=True):
    """A file, and a row for every rule that it does not hold as it is."""

    data: bytes
    rows: tuple[Row, ...] = ()


def limit_of(data: bytes) -> int:
    """The bytes that a file which begins like this may have."""
    return BOOK_LIMIT if data.startswith(_ZIP) else FILE_LIMIT


def read_file(data: bytes, format_: Format | None = None) -> tuple[Format, Contents]:
    """What a file holds, in the format given or the one that its bytes are in.

    Raises:
        RuleFault: the file as a whole cannot be read; `path` is `file`.
    """
    limit = limit_of(data)
    if len(data) > limit:
        size = limit // 1_048_576
        raise refusal(f"文件超过 {size} MiB。", f"The file is larger than {size} MiB.")
    if not data.strip():
        raise refusal("文件是空的。", "The file is empty.")
    if is_old(data):
        raise old_fault(data)
    if format_ == "xlsx" or (format_ is None and data.startswith(_ZIP)):
        return "xlsx", read_xlsx(data)
    text = decoded(data)
    if format_ == "csv" or (format_ is None and not text.lstrip().startswith(("[", "{"))):
        return "csv", read_table(read_csv(text))
    value = _json(text)
    if format_ == "wechat" or (format_ is None and is_wechat(value)):
        return "wechat", read_wechat(value)
    return "weihub", read_rules(value)


def write_file(rules: Sequence[Rule], format_: Format) -> Written:
    """The rules as a file. Only WeChat's format cannot hold everything."""
    if format_ == "wechat":
        return Written(*write_wechat(rules))
    if format_ == "weihub":
        return Written(write_rules(rules))
    sheet = write_table(rules)
    return Written(write_csv(sheet) if format_ == "csv" else write_xlsx(sheet))


def _json(text: str) -> object:
    if text.count("{") + text.count("[") > OBJECTS_LIMIT:
        raise refusal(f"文件里的对象和列表超过 {OBJECTS_LIMIT} 个。", f"The file holds more than {OBJECTS_LIMIT} objects and arrays.")
    try:
        return msgspec.json.decode(text.encode())
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise refusal(f"不是有效的 JSON：{error}", f"Not valid JSON: {error}") from None
