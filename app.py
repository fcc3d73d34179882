"""The front door: the navigation, and the page that is asked for. Nothing else."""

import streamlit as st

from components import navigation

st.set_page_config(page_title="Bellwether", page_icon=":material/monitoring:", layout="wide")
page = navigation.navigation()
st.session_state["entered_by_the_front_door"] = True
page.run()
