"""The little CSS that configuration cannot say: what folds and what comes first on a phone.

It is one constant, addresses only containers that we name ourselves, and never carries data.
"""

import streamlit as st

NARROW_PX = 640
CSS = f"""<style>
.st-key-page_head h1 {{ text-wrap: balance; }}
.st-key-filters_toggle {{ display: none; }}
@media (max-width: {NARROW_PX}px) {{
  .st-key-filters_toggle {{ display: block; }}
  .st-key-filter_bar {{ display: none; }}
  .stMain:has(.st-key-filters_toggle input:checked) .st-key-filter_bar {{ display: flex; }}
  .st-key-page_body {{ display: flex; flex-direction: column; }}
  .st-key-page_list {{ order: -1; }}
}}
</style>"""


def apply() -> None:
    """Add the stylesheet to the page."""
    st.html(CSS)
