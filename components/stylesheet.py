"""The little CSS that configuration cannot say: what stands where, and what folds on a phone.

It is one constant, addresses only containers that we name ourselves, and never carries data.
"""

import streamlit as st

NARROW_PX = 640
CSS = f"""<style>
.st-key-page_head h1 {{ text-wrap: balance; padding: 0 0 0.25rem; }}
.st-key-page_head {{ gap: 0.5rem; }}
.st-key-filters_toggle {{ display: none; }}
.st-key-page_body {{
  display: grid;
  grid-template: "tiles tiles" auto "proof actions" auto / minmax(0, 2fr) minmax(0, 1fr);
  gap: 1rem 1.5rem;
}}
.st-key-page_body > :has(> .st-key-page_tiles) {{ grid-area: tiles; }}
.st-key-page_body > :has(> .st-key-page_proof) {{ grid-area: proof; }}
.st-key-page_body > :has(> .st-key-page_actions) {{ grid-area: actions; }}
[class*="st-key-queue_"] ul {{ list-style: none; margin: 0; padding: 0; }}
[class*="st-key-queue_"] li {{
  margin: 0; padding: 0.4rem 0; border-top: 1px solid rgb(128 128 128 / 25%);
}}
[class*="st-key-queue_"] li em {{ float: right; font-style: normal; opacity: 0.75; }}
.st-key-queue_triage {{ gap: 0; }}
[class*="st-key-item_"] {{
  display: grid; grid-template-columns: minmax(0, 1fr) auto auto auto; gap: 0 0.75rem;
  align-items: start;
  padding: 0.35rem 0; border-top: 1px solid rgb(128 128 128 / 25%);
}}
[class*="st-key-item_"] p, .st-key-queue_next li p {{ margin: 0; font-size: 0.9rem; }}
[class*="st-key-item_"] > :first-child [data-testid="stMarkdownContainer"],
.st-key-queue_next li {{
  display: grid; grid-template-columns: minmax(0, 4fr) minmax(0, 7fr) minmax(0, 3fr);
  gap: 0 1rem; margin: 0;
}}
[class*="st-key-item_"] > :first-child p:last-child, .st-key-queue_next li p:last-child {{
  opacity: 0.75;
}}
.st-key-queue_line p {{
  display: flex; align-items: center; gap: 1rem; margin: 0; font-size: 0.9rem; opacity: 0.75;
}}
.st-key-queue_line p::before, .st-key-queue_line p::after {{
  content: ""; flex: 1; border-top: 2px solid;
}}
.st-key-queue_next, .st-key-queue_snoozed, .st-key-queue_overridden {{ opacity: 0.7; gap: 0; }}
.st-key-queue_next:is(:focus-within, :hover), .st-key-queue_snoozed:is(:focus-within, :hover),
.st-key-queue_overridden:is(:focus-within, :hover) {{ opacity: 1; }}
.st-key-signposts a *, .st-key-band_note a * {{ white-space: normal; overflow: visible; }}
.stMain [data-testid="stMetric"] * {{ white-space: normal; overflow: visible; }}
@media (min-width: {NARROW_PX + 1}px) {{
  .st-key-page_tiles:has(> :nth-child(6)) {{
    display: grid; grid-template-columns: repeat(3, minmax(0, 1fr));
  }}
  .st-key-page_tiles:has(> :nth-child(7)) {{ grid-template-columns: repeat(4, minmax(0, 1fr)); }}
}}
@media (max-width: {NARROW_PX}px) {{
  .st-key-filters_toggle {{ display: block; }}
  .stMain .st-key-filter_bar {{ display: none; }}
  .stMain:has(.st-key-filters_toggle input:checked) .st-key-filter_bar {{ display: flex; }}
  [class*="st-key-item_"] {{ grid-template-columns: auto auto auto 1fr; }}
  [class*="st-key-item_"] > :first-child {{ grid-column: 1 / -1; }}
  [class*="st-key-item_"] > :first-child [data-testid="stMarkdownContainer"],
  .st-key-queue_next li {{ grid-template-columns: minmax(0, 1fr); }}
  .stMain .st-key-queue_choices {{ display: none; }}
  .stMain:has(.st-key-filters_toggle input:checked) .st-key-queue_choices {{ display: flex; }}
  .st-key-page_body {{
    grid-template: "actions" auto "tiles" auto "proof" auto / minmax(0, 1fr);
  }}
}}
</style>"""


def apply() -> None:
    """Add the stylesheet to the page."""
    st.html(CSS)
