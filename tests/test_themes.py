"""The themes as browsers hear of them: put together once, and not otherwise than Streamlit would each time."""

import pytest
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.runtime import app_session

from pages.ui import themes

PARTS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


def told() -> dict[str, NewSession]:
    """What a browser is told of each part; where nothing is set, not even that there is such a part."""
    found = {part: NewSession() for part in PARTS}
    for part, session in found.items():
        app_session._populate_theme_msg(session.custom_theme, part)
    return found


def test_a_remembered_theme_is_told_as_it_was_the_first_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that comes later hears the same as the first, and both what Streamlit itself would have told."""
    monkeypatch.setattr(
        app_session, "_populate_theme_msg", app_session._populate_theme_msg
    )  # put back at the end
    by_streamlit = told()
    assert by_streamlit["theme.light"].custom_theme.primary_color == "#A52A24"
    assert not by_streamlit["theme.sidebar"].HasField("custom_theme")
    themes.remember()
    first, later = told(), told()
    assert first == by_streamlit
    assert later == by_streamlit
