"""The front door: the navigation, and the page that is asked for. Nothing else."""

import streamlit as st

from components import navigation, tiles
from queries.ask import reported

page = navigation.navigation()
st.session_state["entered_by_the_front_door"] = True
try:
    page.run()
except Exception as fault:  # noqa: BLE001 (a fault of one page is said to the reader, not shown raw)
    tiles.fault(reported(fault, f"The page {page.title}"))
