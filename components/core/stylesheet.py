"""The little CSS that configuration cannot say: what stands where, and what folds on a phone.

It is one constant and never carries data. It addresses the containers that we name ourselves and,
for what holds everywhere (the ring around what has the focus, print), Streamlit's own.
"""

from itertools import pairwise

import streamlit as st

from components.core.navigation import ENTRIES, SIDEBAR

NARROW_PX = 640
# Below it a column would be narrower than a phone's page, which every figure and tile has room on.
COLUMNS_PX = 1120
SIDEBAR_PX = 768
# At least 3:1 on both grounds and their panels.
RING = "#3B7CBF"
# A quieter text still has 4.5:1, which an opacity would take from whatever has a colour of its own.
MUTED = "light-dark(#4B5563, #AEB6C2)"
# The name of a section stands above the link to its first page.
SECTIONS = "\n".join(
    f"""
.st-key-{SIDEBAR} > :nth-child({place})::before {{
  content: "{entry.section}"; display: block; padding: 0.75rem 0 0.25rem;
  font-size: 0.85rem; color: {MUTED};
}}""".strip()
    for place, (before, entry) in enumerate(pairwise((None, *ENTRIES)), 1)
    if entry is not None and (before is None or before.section != entry.section)
)
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
.stMain :is(.st-key-queue_gates, .st-key-queue_parity) ul {{
  list-style: none; margin: 0; padding: 0;
}}
.stMain :is(.st-key-queue_gates, .st-key-queue_parity) li {{
  margin: 0; padding: 0.4rem 0; border-top: 1px solid rgb(128 128 128 / 25%);
}}
.st-key-queue_triage {{ gap: 0; }}
[class*="st-key-item_"] {{
  display: grid; gap: 0 1rem; align-items: start;
  grid-template-columns: minmax(0, 1fr) auto auto auto;
  padding: 0.5rem 0; border-top: 1px solid rgb(128 128 128 / 25%);
}}
.stMain [class*="st-key-item_"] > :first-child {{ width: 100%; margin: 0; }}
[class*="st-key-item_"] a :has(p), [class*="st-key-item_"] a p {{ width: 100%; }}
[class*="st-key-item_"] a p {{
  display: grid; gap: 0 1rem;
  grid-template: auto 1fr / 4.3rem minmax(0, 4fr) minmax(0, 7fr) minmax(0, 3fr);
}}
[class*="st-key-item_"] a p > :nth-child(3) {{ grid-area: 2 / 1 / auto / span 2; }}
[class*="st-key-item_"] a p > :nth-child(4) {{ grid-area: 1 / 3 / span 2; }}
[class*="st-key-item_"] a p > :nth-child(5) {{ grid-area: 1 / 4 / span 2; color: {MUTED}; }}
[class*="st-key-item_"] a p > * > [style*="font-size"] {{ display: block; }}
[class*="st-key-item_"] > :nth-child(n + 2):not(:has(> .st-key-action_told)) {{
  margin-top: -0.5rem;
}}
[class*="st-key-item_"] > :has(> .st-key-action_told) {{ grid-area: 2 / 1 / auto / -1; }}
.st-key-account_actions > :has(> .st-key-action_told) {{ flex-basis: 100%; }}
[class*="st-key-accounts_"] {{ gap: 0; }}
.stMain [class*="st-key-accounts_"] > * {{
  width: 100%;
  padding: 0.5rem 0; border-top: 1px solid rgb(128 128 128 / 25%);
}}
[class*="st-key-accounts_"] a p > [style*="font-size"] {{ display: block; }}
.stElementContainer:has(> .stPageLink):is(
  .st-key-{SIDEBAR} *, [class*="st-key-item_"] *, [class*="st-key-accounts_"] *
) {{ margin: 0; }}
[class*="st-key-item_"] a, [class*="st-key-accounts_"] a {{
  padding: 0; margin: 0; line-height: 1.6;
}}
[class*="st-key-item_"] a *, [class*="st-key-accounts_"] a * {{
  white-space: normal; overflow: visible;
}}
[class*="st-key-item_"] a strong, [class*="st-key-accounts_"] a strong,
.st-key-account_choice a strong {{ text-decoration: underline; text-underline-offset: 0.2em; }}
.st-key-account_choice a {{ background: transparent; }}
.st-key-{SIDEBAR} {{ gap: 0; }}
.st-key-{SIDEBAR} a {{ padding: 0.1rem 0.5rem; }}
.st-key-{SIDEBAR} a:has(strong)::after {{
  content: "(page shown)"; position: absolute; clip-path: inset(50%); white-space: nowrap;
}}
.stMain .stMarkdown:has(table) {{ overflow-x: auto; }}
.stMain .stMarkdown:has(table) [data-testid="stMarkdownContainer"] {{ margin-bottom: 0; }}
.stMain .stMarkdown table {{ width: 100%; margin: 0; }}
.stMain .stMarkdown :is(th, td) {{ padding: 0.2rem 0.6rem; border-width: 0 0 1px; }}
.stMain .stMarkdown td[style*="right"] {{
  font-variant-numeric: tabular-nums; white-space: nowrap;
}}
{SECTIONS}
.st-key-queue_line p {{
  display: flex; align-items: center; gap: 1rem; margin: 0; font-size: 0.9rem; color: {MUTED};
}}
.st-key-queue_line p::before, .st-key-queue_line p::after {{
  content: ""; flex: 1; border-top: 2px solid;
}}
.st-key-queue_next, .st-key-queue_snoozed, .st-key-queue_overridden {{ gap: 0; }}
:is(.st-key-queue_next, .st-key-queue_snoozed, .st-key-queue_overridden) p {{ color: {MUTED}; }}
.st-key-band_note a {{ padding-left: 0; }}
.st-key-page_links a *, .st-key-band_note a * {{ white-space: normal; overflow: visible; }}
.stMain [data-testid="stMetric"] * {{
  white-space: normal; overflow: visible; text-wrap: balance;
}}
.stMain [data-testid="stMetric"] :has(> [data-testid="stMetricDelta"]) {{ flex-wrap: wrap; }}
.stApp :is(a, button, input, textarea, summary, [role="option"], [tabindex]):focus-visible {{
  outline: 2px solid {RING} !important; outline-offset: 2px;
}}
.stMain button[data-selected="true"], .stMain button[data-selected="true"] * {{
  color: inherit !important;
}}
button[kind="tertiary"]:is(:hover, :active, [aria-expanded="true"]) {{ color: inherit !important; }}
button[kind="tertiary"]:is(:hover, :active, [aria-expanded="true"]) p {{
  text-decoration: underline; text-underline-offset: 0.2em;
}}
@media print {{
  .stSidebar, .stAppHeader, .st-key-filter_bar, .stPopover, .stButton, .stDownloadButton,
  .stMain .stExpander:has(> details:not([open])) {{
    display: none !important;
  }}
  .stApp, .stAppViewContainer, .stMain {{
    position: static !important; height: auto !important; overflow: visible !important;
  }}
  .stMain .st-key-page_body {{ display: block; }}
  .stMain .stPlotlyChart, .stMain [data-testid="stMetric"], .stMain .stDataFrame {{
    break-inside: avoid; max-width: 100%;
  }}
  [class*="st-key-accounts_"] > *, [class*="st-key-item_"] {{ break-inside: avoid; }}
  .stMain :is([data-testid="stLayoutWrapper"], .stElementContainer):has(> * > .stHeading),
  .stMain [data-testid="stLayoutWrapper"]:has(> * > .stElementContainer > .stHeading) {{
    break-after: avoid;
  }}
}}
@media (min-width: {NARROW_PX + 1}px) {{
  .st-key-page_tiles:has(> :nth-child(6)) {{
    display: grid; grid-template-columns: repeat(3, minmax(0, 1fr));
  }}
}}
@media (min-width: {COLUMNS_PX + 1}px) {{
  .st-key-page_tiles:has(> :nth-child(7)) {{ grid-template-columns: repeat(4, minmax(0, 1fr)); }}
}}
@media (min-width: {SIDEBAR_PX + 1}px) {{
  .stMain .stMainBlockContainer {{ padding-inline: 2.5rem; }}
}}
@media (max-width: {COLUMNS_PX}px) {{
  .stMain .stColumn {{ min-width: 100%; }}
}}
@media (max-width: {NARROW_PX}px) {{
  .st-key-filters_toggle {{ display: block; }}
  .stMain .st-key-filter_bar {{ display: none; }}
  .stMain:has(.st-key-filters_toggle input:checked) .st-key-filter_bar {{ display: flex; }}
  [class*="st-key-item_"] {{ grid-template-columns: auto auto auto 1fr; }}
  [class*="st-key-item_"] > * {{ margin-top: 0 !important; }}
  [class*="st-key-item_"] > :first-child,
  [class*="st-key-item_"] > :has(> .st-key-action_told) {{ grid-area: auto / 1 / auto / -1; }}
  [class*="st-key-item_"] a p, [class*="st-key-item_"] a p > [style*="font-size"] {{
    display: block;
  }}
  .stMain .st-key-queue_choices {{ display: none; }}
  .stMain:has(.st-key-filters_toggle input:checked) .st-key-queue_choices {{ display: flex; }}
  .st-key-page_body {{
    grid-template: "actions" auto "tiles" auto "proof" auto / minmax(0, 1fr);
  }}
}}
</style>"""


class _Stylesheet:
    """The stylesheet as HTML; given a text, Streamlit asks the disk whether a file is called so."""

    def _repr_html_(self) -> str:
        return CSS


STYLESHEET = _Stylesheet()


def apply() -> None:
    """Add the stylesheet to the page."""
    st.html(STYLESHEET)
