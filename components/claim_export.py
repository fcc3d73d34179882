"""The buttons that hand out the card of a benchmark claim as a file."""

from functools import partial

import streamlit as st

from components.claim_card import ClaimCard
from components.claim_json import to_json

PPTX_MIME = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def buttons(card: ClaimCard, *, key: str) -> None:
    """PNG, PPTX and JSON of the card; no file is made before it is asked for."""
    offered = (
        ("PNG", "png", "image/png", _png),
        ("PPTX", "pptx", PPTX_MIME, _pptx),
        ("JSON", "json", "application/json", to_json),
    )
    with st.container(horizontal=True, key=f"{key}_files"):
        for title, ending, mime, made in offered:
            st.download_button(
                f"Download {title}",
                partial(made, card),
                f"{card.file_name}.{ending}",
                mime,
                key=f"{key}_{ending}",
                on_click="ignore",
            )


# What draws is loaded with the first file only: a page that shows a card draws none.
def _png(card: ClaimCard) -> bytes:
    from components.figures.claim_picture import to_png  # noqa: PLC0415

    return to_png(card)


def _pptx(card: ClaimCard) -> bytes:
    from components.figures.claim_slide import to_pptx  # noqa: PLC0415

    return to_pptx(card)
