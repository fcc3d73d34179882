"""The front door: the navigation, and the page that is asked for. Nothing else."""

import streamlit as st

from components.core import address, guard, navigation, tiles
from queries.core.errors import reported
from warehouse.trace import span

page = navigation.navigation()
st.session_state[guard.ENTERED] = True
try:
    with span("page", page=page.url_path):
        page.run()
except Exception as error:  # noqa: BLE001 (an error of one page is said to the reader, not shown raw)
    tiles.error(reported(error, f"The page {page.title}"))
finally:
    # A page with a filter bar has drawn them by now, with the filters as it shows them.
    if navigation.SIDEBAR in st.session_state:
        navigation.sidebar(address.wanted())
