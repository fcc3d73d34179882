"""What stands behind an answer: its definitions, its rows, and the files of it."""

from functools import partial

import streamlit as st

from components.core import definition, moments
from components.export.delivery import File
from components.export.download import buttons
from components.export.files import about, to_csv, to_xlsx
from queries.core.answer import Answer
from queries.shared import words
from warehouse.flat import flat_columns

SHOWN_ROWS = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def popover(answer: Answer, *, key: str, bands: str = "") -> None:
    """One button behind which the definitions, the rows and the files of an answer wait.

    `bands` says of the bands in the rows whether they are shown to order the outcomes. Nothing in
    it is computed before it is opened, and no file before it is asked for.
    """
    more = st.popover(
        "Details",
        help="Definitions, rows and export",
        icon=":material/info:",
        type="tertiary",
        key=f"{key}_more",
        on_change="rerun",
    )
    if not more.open:
        return
    with more:
        if answer.usable:
            buttons(_files(answer, bands), key=key)
        for metric in dict.fromkeys(answer.question.defines()):
            st.markdown(definition.markdown(metric))
        if answer.usable:
            st.dataframe(
                flat_columns(answer.in_words().head(SHOWN_ROWS)),
                column_config={
                    name: moments.column(name, dtype)
                    for name, dtype in answer.frame.schema.items()
                    if dtype.is_temporal()
                },
                hide_index=True,
                key=f"{key}_rows",
            )
        for name, value in about(answer, bands):
            st.caption(f"**{words.plain(name)}** {words.plain(moments.said(value))}")


def _files(answer: Answer, bands: str) -> tuple[File, ...]:
    name = f"bellwether-{answer.question.name}-{answer.context.as_of.isoformat()}"
    shown = answer.context.scope
    return (
        File(name, "csv", "text/csv", shown, partial(to_csv, answer, bands)),
        File(name, "xlsx", XLSX, shown, partial(to_xlsx, answer, bands)),
    )
