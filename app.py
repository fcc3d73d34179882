"""The front door: the navigation, and the page that is asked for. Nothing else."""

import streamlit as st

from components import navigation

page = navigation.navigation()
st.session_state["entered_by_the_front_door"] = True
page.run()
