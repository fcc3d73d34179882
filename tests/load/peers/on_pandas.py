"""The peers' question in Streamlit with pandas and `st.cache_data`, over the hourly rows.

`on_pandas.py FILE FIRST LAST`: what a first version of such a page looks like.
"""

import sys

import pandas as pd
import plotly.express as px
import streamlit as st

FILE, FIRST, LAST = sys.argv[1:]
NAMES = {"Azure": "azure", "AWS": "aws", "Google Cloud": "gcp"}


@st.cache_data
def load() -> pd.DataFrame:
    """Every hour of every cluster."""
    return pd.read_parquet(FILE)


st.set_page_config(layout="wide")
st.title("Usage")
chosen = st.pills("Hyperscaler", list(NAMES), selection_mode="multi")
hours = load()
ends = pd.Timestamp(LAST) + pd.Timedelta(days=1)
hours = hours[(hours["hour_start"] >= FIRST) & (hours["hour_start"] < ends)]
if chosen:
    hours = hours[hours["hyperscaler"].isin([NAMES[name] for name in chosen])]
daily = hours.groupby(["hyperscaler", hours["hour_start"].dt.date])["quantity"].sum().reset_index()
daily["quantity"] /= 24
st.plotly_chart(px.line(daily, x="hour_start", y="quantity", color="hyperscaler"), key="daily")
top = hours.groupby("name")["quantity"].sum().nlargest(10).reset_index()
st.plotly_chart(px.bar(top, x="quantity", y="name", orientation="h"), key="accounts")
