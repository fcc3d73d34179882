"""Figures: a frame in, a plotly figure out. No Streamlit, no query."""
