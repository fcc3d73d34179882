"""Keeping the keyboard's place: what was clicked may be gone when its page is drawn again.

Streamlit draws a changed button as a new one and leaves the focus nowhere. The script is a
constant, reads nothing but which element has the focus, and scrolls nothing.
"""

import streamlit as st

SCRIPT = """
export default function ({ data }) {
  let looks = 40
  const timer = setInterval(() => {
    const isLost = !document.activeElement || document.activeElement === document.body
    const place = document.querySelector(`.st-key-${data.place}`)
    const button = [place, place?.parentElement?.parentElement]
      .flatMap((around) => [...(around?.querySelectorAll('button') ?? [])])
      .find((one) => one.checkVisibility())
    if (isLost && button && !document.querySelector('[role=dialog]')) {
      button.focus({ preventScroll: true })
    }
    looks -= 1
    if (looks === 0) clearInterval(timer)
  }, 50)
  return () => clearInterval(timer)
}
"""


_focus = st.components.v2.component("bellwether_focus", js=SCRIPT)


def move_to(place: str, *, once: str) -> None:
    """Focus the first button in the container with the key `place`, if nothing has the focus.

    Where it has none, the first one in the container around it. It looks for two seconds per value
    of `once`, while a dialog closes or a button goes.
    """
    _focus(data={"place": place}, key=f"focus {once}", height=0)
