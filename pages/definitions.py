"""Definitions: what does this number mean?"""

import streamlit as st

from components.core import guard, navigation, tiles
from components.definitions import dictionary
from queries.shared import words

guard.require("definitions")

QUESTION = "What does this number mean?"
navigation.name_tab(QUESTION)
st.title(QUESTION, anchor=False)
st.caption(
    "Every metric, and every column of an answer and of a table, generated from the code that "
    "computes and checks them."
)
search = st.text_input(
    "Find", key="definitions_find", placeholder="e.g. inconclusive", bind="query-params"
)
is_searched = bool(dictionary.searched(search))
if is_searched:
    st.caption(dictionary.found(search))

metrics = dictionary.metrics(search)
if metrics:
    found = words.plural(sum(len(group) for group in metrics.values()), "metric")
    st.header(f"{found}, by who answers for them", anchor=False)
for owner, definitions in metrics.items():
    with st.expander(f"{words.plain(owner)} ({len(definitions)})", expanded=is_searched):
        st.markdown("\n\n---\n\n".join(definitions))

answers = dictionary.answers(search)
if answers.height:
    st.header(f"{words.plural(answers.height, 'column')} of the answers on the pages", anchor=False)
    st.caption("What each column says, in which words, and the metric that defines its number.")
    st.dataframe(tiles.arrow(answers), hide_index=True, key="definitions_answers")

columns = dictionary.columns(search)
if columns.height:
    st.header(f"{words.plural(columns.height, 'column')} of the tables behind them", anchor=False)
    st.caption("The contract: what is loaded is checked against it, key and unit and range.")
    st.dataframe(tiles.arrow(columns), hide_index=True, key="definitions_columns")
