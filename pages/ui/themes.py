"""The themes of .streamlit/config.toml, as Streamlit tells them to a browser at the beginning of each run."""

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session


def remember() -> None:
    """Let Streamlit put each theme together once: they are the same as long as the program runs.

    It would read all their settings again for every run of every page, a millisecond and a half on the one thread
    that speaks to all browsers. Its function is a private one; a test holds that what it tells stays the same.
    """
    put_together = app_session._populate_theme_msg
    known: dict[str, CustomThemeConfig] = {}

    def told(message: CustomThemeConfig, section: str = "theme") -> None:
        if section not in known:
            made = CustomThemeConfig()
            put_together(made, section)
            known[section] = made
        if known[section].ByteSize():  # a theme without a setting is not told at all
            message.MergeFrom(known[section])

    app_session._populate_theme_msg = told
