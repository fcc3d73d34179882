"""The buttons that hand out files: one press, by mouse or keyboard, and the file is there."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from components.core import guard
from components.export.delivery import ADDRESS, TOKEN_HEADER, TOKENS, File, is_served
from queries.shared import words

# The script fetches what the token stands for and saves it under the name that the server says.
# Words reach the page as text alone.
SAYS = '<p role="status"></p>'
STYLE = "p { margin: 0; font-size: 0.875rem; overflow-wrap: anywhere; } p:empty { display: none; }"
SCRIPT = """
const LOST = "The server did not answer. Check the connection and press the button again.";
let spent = "";

export default function ({ data, parentElement }) {
  if (data.token === spent) return;
  spent = data.token;
  fetched(data, parentElement.querySelector("p"));
}

async function fetched({ address, header, token }, said) {
  said.textContent = "Making the file …";
  try {
    const answer = await fetch(address, { method: "POST", headers: { [header]: token } });
    const isText = (answer.headers.get("Content-Type") ?? "").startsWith("text/plain");
    if (!answer.ok) {
      said.textContent = isText ? await answer.text() : LOST;
      return;
    }
    const name = answer.headers.get("Content-Disposition").match(/filename="(.*)"/)[1];
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    said.textContent = `Downloaded as ${name}.`;
  } catch {
    said.textContent = LOST;
  }
}
"""
_fetch = st.components.v2.component("bellwether_download", html=SAYS, css=STYLE, js=SCRIPT)


@st.fragment
def buttons(files: Sequence[File], *, key: str) -> None:
    """A button per file, named after its ending; no file is made before it is asked for.

    Pressed, it asks who is there and what they may do now, and says so where they may not. Where
    the server has no route for downloads the files go out through Streamlit's own buttons.
    """
    if not is_served():
        _without_a_route(files, key)
        return
    with st.container(horizontal=True, key=f"{key}_files"):
        pressed = [
            file
            for file in files
            if st.button(f"Download {file.ending.upper()}", key=f"{key}_{file.ending}")
        ]
    for file in pressed:
        try:
            viewer = guard.authorise("export", shown=file.shown)
        except guard.Refused as refused:
            said = f"{refused.problem.sentence} {refused.problem.remedy}"
            st.warning(words.plain(said), icon=":material/lock:")
            return
        token = TOKENS.mint(file, viewer)
        data = {"address": ADDRESS, "header": TOKEN_HEADER, "token": token}
        _fetch(key=f"{key}_fetch", data=data)


def _without_a_route(files: Sequence[File], key: str) -> None:
    with st.container(horizontal=True, key=f"{key}_files"):
        for file in files:
            st.download_button(
                f"Download {file.ending.upper()}",
                partial(_asked, file),
                f"{file.name}.{file.ending}",
                file.media_type,
                key=f"{key}_{file.ending}",
                on_click="ignore",
            )
    st.caption(
        "Started without its own server, so a file lies at an address that asks nobody while this "
        "page is open. Started with `make run`, Bellwether asks first."
    )


def _asked(file: File) -> bytes:
    guard.authorise("export", shown=file.shown)
    return file.make()
