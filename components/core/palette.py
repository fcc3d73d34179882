"""One colour per meaning, everywhere.

Figures name slots, not colours: Streamlit's browser side replaces each slot by the theme's
categorical colour of that rank, so a figure follows light and dark without a rerun. The order is
that of `chartCategoricalColors` in .streamlit/config.toml.
"""

AZURE, AWS, GCP, ON_PREM, OTHER, AT_RISK, WATCH, HEALTHY, UNKNOWN, ACCENT = (
    f"#{rank:06d}" for rank in range(1, 11)
)
CONTEXT = OTHER
GROUND = "#000038"
FAINT = "#000039"

HYPERSCALER = {
    "azure": AZURE,
    "aws": AWS,
    "gcp": GCP,
    "none": ON_PREM,
    "other": OTHER,
    "unknown": UNKNOWN,
}
