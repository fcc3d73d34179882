"""A figure that nothing changes any more."""

from typing import Any

import plotly.graph_objects as go


class Finished(go.Figure):  # type: ignore[misc]  # plotly ships no types
    """A figure whose dictionary is made once and not on every rerun that sends it.

    Plotly encodes every array anew whenever a figure is turned into its dictionary; for a figure
    that is remembered this is most of what sending it costs.
    """

    def __init__(self, figure: go.Figure) -> None:
        super().__init__(figure)
        self._finished: dict[str, Any] = super().to_dict()

    def to_dict(self) -> dict[str, Any]:
        """The figure's dictionary, shared by everybody who sends it; nobody may change it."""
        return self._finished
