"""The tuned server: imports frozen out of the garbage collector before the first visitor.

`streamlit run asgi.py` finds `app`; plain `streamlit run app.py` works too, only slower.
"""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st

# The heavy imports happen here and are frozen, not in the first visitor's rerun.
import components.tiles  # noqa: F401
import queries.ask  # noqa: F401


@asynccontextmanager
async def _frozen_imports(_: st.App) -> AsyncIterator[dict[str, Any] | None]:
    gc.collect()
    gc.freeze()
    yield None


app = st.App("app.py", lifespan=_frozen_imports)
