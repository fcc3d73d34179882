"""Pages as a reader meets them: a deep link opened through the front door, without a browser."""

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest

from queries.shared import words

ROOT = Path(__file__).resolve().parents[2]
COMMAND = re.compile(r"python -m|\bmake [a-z]+`|streamlit run|`--")
# What a database, its driver or Python calls an error, and whoever operates calls a setting.
ENGINE = re.compile(
    r"\b[A-Z]\w* ?(Error|Exception)\b|(?i:duckdb|sqlite|postgres|psycopg|sqlalchemy|polars|errno)|"
    r"Traceback|BELLWETHER_|\.py\b|/tmp/"
)
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:|\d\d:\d\d:\d\d|\+00:00")
WORDED = ("title", "header", "markdown", "caption", "info", "warning", "error", "html")


def visit(page: str, **link: Any) -> AppTest:
    """The page opened by a link with these query parameters."""
    return at_page(page, **link).run()


def at_page(page: str, **link: Any) -> AppTest:
    """The same, not yet run."""
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.query_params.update(link)
    return at.switch_page(f"pages/{page}.py")


def open_file(path: Path) -> AppTest:
    """A page's file run by itself, as `streamlit run pages/…` does."""
    return AppTest.from_file(str(path), default_timeout=60).run()


def title(at: AppTest) -> str:
    """The page's title as it is read: the Markdown escapes removed."""
    return read(at.title[0].value)


def read(text: str) -> str:
    """Escaped Markdown as a reader sees it; where a line may not break is nothing one sees."""
    return text.replace("\\", "").replace(words.WORD_JOINER, "").replace("\N{NO-BREAK SPACE}", " ")


def said(at: AppTest, kind: str) -> list[str]:
    """What the elements of one kind say beside the navigation, as they are read."""
    navigation = {id(element) for element in at.sidebar.get(kind)}
    return [read(element.value) for element in at.get(kind) if id(element) not in navigation]


def accounts(at: AppTest) -> list[tuple[str, str, str]]:
    """What leads to an account's page: its line as it is read, its query, and its small lines.

    Small lines side by side are parted by " | ", those below one another by " / ".
    """
    links = [one.proto for one in at.main.get("page_link") if one.proto.page.endswith("account")]
    parts = [(one.label.partition(" :small["), one.query_string) for one in links]
    return [(read(line), query, read(_lines(below))) for (line, _, below), query in parts]


def _lines(small: str) -> str:
    """The inside of `:small[…]` directives as it is read; what else is in brackets stays so."""
    opened, text = [":small["], ""
    for piece in re.split(r"( ?:\w+\[|\\.|\])", small):
        if piece.endswith("[") and len(piece) > 1:
            opened.append(piece.strip())
            is_small = opened[-1] == ":small["
            text += (" / " if len(opened) > 1 else " | ") if is_small else piece
        elif piece == "]":
            text += "" if opened.pop() == ":small[" else piece
        else:
            text += piece
    return text


def spec(at: AppTest, number: int = 0) -> dict[str, Any]:
    """A chart of the page as it is sent to the browser."""
    return json.loads(at.get("plotly_chart")[number].proto.spec)


def markdown(at: AppTest) -> list[str]:
    """Every text of the page that the browser reads as Markdown or HTML; charts read neither."""
    texts = [element.proto.body for kind in WORDED for element in at.get(kind)]
    texts += [link.proto.label for link in at.get("page_link")]
    for metric in at.metric:
        texts += [metric.label, metric.value, metric.delta, metric.help]
    for frame in at.dataframe:
        texts.append(frame.proto.columns)
    return texts


def sent(block):
    """Every element of a page as it goes to the browser, those inside others too."""
    for node in block.children.values():
        yield node
        if hasattr(node, "children"):
            yield from sent(node)


def texts(value):
    """Every text in a value of lists, objects and tables."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts(list(value) + list(value.values()))
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def shown(at):
    """Every text that a page sends, with its element's kind and the field that holds it.

    The cells of a table are its field `data`, the words in a chart its field `spec`.
    """
    for node in sent(at._tree):  # noqa: SLF001 (the harness shows no element of a new kind)
        proto = getattr(node, "proto", None)
        # A box holds what its reader typed.
        if isinstance(proto, Message) and node.type not in {"text_input", "text_area"}:
            said = MessageToDict(proto, preserving_proto_field_name=True)
            if "spec" in said:
                said["spec"] = json.loads(said["spec"])
            if said.pop("arrow_data", None):
                table = pa.ipc.open_stream(proto.arrow_data.data).read_all()
                said["data"] = table.to_pylist()
            for name, value in said.items():
                for text in texts(value):
                    yield node.type, name, text


def short_tables(at: AppTest) -> list[str]:
    """The tables of the page that are text, as Markdown."""
    return [element.value for element in at.markdown if element.value.startswith("| ")]


def lines(at: AppTest, number: int = 0) -> list[list[str]]:
    """The lines of one of them, its titles first, each cell as it is read."""
    parts = [re.split(r"(?<!\\)\|", line)[1:-1] for line in short_tables(at)[number].split("\n")]
    return [[read(cell).strip() for cell in line] for line in parts[:1] + parts[2:]]


def records(at: AppTest, number: int = 0) -> list[dict[str, str]]:
    """Its rows by title."""
    heads, *rows = lines(at, number)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def columns(at: AppTest, number: int = 0) -> dict[str, list[str]]:
    """Its columns by title."""
    heads, *rows = lines(at, number)
    return dict(zip(heads, map(list, zip(*rows, strict=True)), strict=True))


def titles(at: AppTest) -> list[str]:
    """The titles of the columns of every table on the page."""
    found = [title for number in range(len(short_tables(at))) for title in lines(at, number)[0]]
    for frame in at.dataframe:
        config = json.loads(frame.proto.columns)
        found += [config.get(name, {}).get("label", name) for name in frame.value.columns]
    return found


def unfit(at: AppTest) -> list[str]:
    """What no reader should meet on a page: terminal commands, raw timestamps, engine words."""
    texts = markdown(at) + [chart.proto.alt for chart in at.get("plotly_chart")]
    for kind in ("caption", "info", "warning", "error", "button", "toggle", "expander"):
        texts += [element.label for element in at.get(kind) if hasattr(element, "label")]
    raw = []
    for frame in at.dataframe:
        rows = pl.from_pandas(frame.value)
        texts += [str(column.to_list()) for column in rows.select(pl.selectors.string())]
        config = json.loads(frame.proto.columns)
        raw += [
            f"{frame.key}: {name}"
            for name, dtype in rows.schema.items()
            if dtype.is_temporal() and "format" not in config.get(name, {}).get("type_config", {})
        ]
    unread = (COMMAND, TIMESTAMP, ENGINE)
    return raw + [text for text in texts if any(words.search(text) for words in unread)]
