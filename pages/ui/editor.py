"""The editor of a draft's long text: a component of our own, served from here and from nowhere else.

The browser keeps the text and sends it while it is typed; what it means is decided here, by `core.pasting`.
The script is a file and not inline, because the doors let no script in but our own files.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from core.fields import LONGEST_TEXT
from core.pasting import from_html, levelled

_HERE = Path(__file__).parent
_ASSETS = _HERE / "assets"
_NAME = "office.editor"


@dataclass
class _Text:
    """What the browser is known to have: its revision changes when the program puts another text in, `was` is what
    stood there before.
    """

    known: str = ""
    was: str = ""
    revision: str = field(default_factory=lambda: secrets.token_hex(6))
    arrived: int = 0
    patch: dict[str, Any] | None = None

    def replace(self, text: str) -> None:
        self.was, self.known, self.revision, self.patch = self.known, text, secrets.token_hex(6), None

    def patched(self, **patch: Any) -> None:
        """Ask the browser to change a part of its text, unless it has changed there meanwhile."""
        self.patch = {"id": secrets.token_hex(6), "line": None, "level": 0, **patch}


def draw(
    at: str, label: str, *, store: str, on_change: Callable[[], None], locked: bool = False, low: str = ""
) -> None:
    """The editor of the text that stands in the session's state at `at`.

    `store` names the place in this browser's tab where unsent text waits; `on_change` runs, as a callback,
    once the text has been taken over. `low`: for a line or two, without levels; the words that stand in it while
    it is empty. What is typed on while a line is being saved is the beginning of the next one.
    """
    text = _text(at)
    if (wanted := st.session_state.get(at) or "") != text.known:
        text.replace(wanted)
    _component(get_bidi_component_manager())(
        key=_key(at),
        data={
            "text": text.known,
            "was": text.was,
            "rev": text.revision,
            "ack": text.arrived,
            "patch": text.patch,
            "label": label,
            "longest": LONGEST_TEXT,
            "store": f"office.{store}",
            "locked": locked,
            "low": low,
        },
        on_typed_change=partial(_typed, at, on_change),
        on_pasted_change=partial(_pasted, at),
        on_level_change=partial(_level, at),
    )


def take(at: str) -> None:
    """Take over what the browser sent last. Callbacks of buttons begin with it: the order is not sure."""
    text, sent = _text(at), _sent(at, "typed")
    if sent and sent["rev"] == text.revision and sent["n"] > text.arrived:
        text.arrived = sent["n"]
        text.known = st.session_state[at] = sent["text"]


def _typed(at: str, on_change: Callable[[], None]) -> None:
    take(at)
    on_change()


def _pasted(at: str) -> None:
    """What was pasted with its levels instead of the bare words that stand there already."""
    sent = _sent(at, "pasted")
    if sent and (new := from_html(sent["html"])):
        ending = "\n" if sent["old"].endswith("\n") else ""
        _text(at).patched(at=sent["at"], old=sent["old"], new=new + ending)


def _level(at: str) -> None:
    """The paragraphs in hand on another level."""
    if sent := _sent(at, "level"):
        new = levelled(sent["text"], sent["first"], sent["last"], sent["level"])
        _text(at).patched(at=0, old=sent["text"], new=new, line=sent["last"], level=sent["level"])


def _key(at: str) -> str:
    return f"{at}.editor"


def _text(at: str) -> _Text:
    return st.session_state.setdefault(f"{at}.text", _Text())


def _sent(at: str, what: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (st.session_state.get(_key(at)) or {}).get(what)
    return found


@lru_cache(maxsize=8)
def _component(manager: Any) -> Callable[..., Any]:
    """The component, made known to the running program: its script is one of our own files."""
    manifest = ComponentManifest("office", "1", [ComponentConfig("editor", _ASSETS.name)])
    manager.register_from_manifest(manifest, _HERE)
    return st.components.v2.component(
        _NAME,
        html=(_ASSETS / "editor.html").read_text(encoding="utf-8"),
        css=(_ASSETS / "editor.css").read_text(encoding="utf-8"),
        js="editor.js",
    )
