"""Figures: a frame in, a plotly figure out. No Streamlit, no query."""

# Plotly looks for pandas among the modules already imported; two sessions whose first figures
# import it at the same moment would see half of it.
import pandas as pd  # noqa: F401
