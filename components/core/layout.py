"""Where things stand on a page: tiles over proof and list, and on a phone the list first."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


@dataclass(frozen=True)
class Body:
    """The places above the fold: the tiles, the chart that proves the title, the list to act on."""

    tiles: DeltaGenerator
    proof: DeltaGenerator
    actions: DeltaGenerator


def body() -> Body:
    """The three places, arranged by the stylesheet: side by side, or list, tiles, chart."""
    with st.container(key="page_body"):
        return Body(
            tiles=st.container(key="page_tiles", horizontal=True),
            proof=st.container(key="page_proof"),
            actions=st.container(key="page_actions"),
        )
