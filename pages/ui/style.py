"""How the pages look, and the only module that hands HTML to Streamlit: fixed text, never data.

Streamlit draws some words of its own in English. Where no parameter replaces them, they are replaced
here; tests/test_entry.py notices when a new version says something else.
"""

import streamlit as st

_PAGE = """
<style>
/* Words of Streamlit's own. */
[data-testid="InputInstructions"] { display: none; }
[data-testid="stFileUploaderDropzone"] button[kind="secondary"] p { display: none; }
[data-testid="stFileUploaderDropzone"] button[kind="secondary"]::after { content: "选择文件"; }
[data-testid="stFileUploaderDropzoneInstructions"] * { font-size: 0; }
[data-testid="stFileUploaderDropzoneInstructions"]::after {
  content: "也可以把文件拖到这里"; font-size: 0.85rem; color: #7A7F87;
}
[data-testid="stTooltipErrorContent"], [data-testid="stTooltipErrorContent"] * { font-size: 0; }
[data-testid="stTooltipErrorContent"]::after { content: "这个文件不能接收：类型不对，或超过大小"; font-size: 0.85rem; }
[role="listbox"] [role="option"][style*="contents"] > span { font-size: 0; }
[role="listbox"] [role="option"][style*="contents"] > span::after { content: "没有符合的"; font-size: 0.9rem; }
[role="option"][data-key="__select_all__"] > div { font-size: 0; }
[role="option"][data-key="__select_all__"] > div::after { content: "全选"; font-size: 0.9rem; }
[role="spinbutton"][data-placeholder="true"] { font-size: 0; }
[role="spinbutton"][data-placeholder="true"]::after { font-size: 0.9rem; }
[role="spinbutton"][data-placeholder="true"][data-type="year"]::after { content: "年"; }
[role="spinbutton"][data-placeholder="true"][data-type="month"]::after { content: "月"; }
[role="spinbutton"][data-placeholder="true"][data-type="day"]::after { content: "日"; }
[role="spinbutton"][data-placeholder="true"][data-type="hour"]::after { content: "时"; }
[role="spinbutton"][data-placeholder="true"][data-type="minute"]::after { content: "分"; }
[data-testid="stDialog"]:has([data-testid="stErrorCodeBlock"]) h2 { font-size: 0; }
[data-testid="stDialog"]:has([data-testid="stErrorCodeBlock"]) h2::after {
  content: "与服务器的连接断开了"; font-size: 1.35rem;
}
[data-testid="stDialog"]:has([data-testid="stErrorCodeBlock"]) h2 + div > * { display: none; }
[data-testid="stDialog"]:has([data-testid="stErrorCodeBlock"]) h2 + div::after {
  content: "您填写的内容还在页面上。请检查网络，或联系管理员；恢复后会自动重新连接。";
}
[data-testid="stAudioInput"] div:has(> [data-testid="stAudioInputWaveSurfer"]) > div > :is(span, a) { font-size: 0; }
[data-testid="stAudioInput"] div:has(> [data-testid="stAudioInputWaveSurfer"]) > div > span::after {
  content: "请先允许使用话筒"; font-size: 0.75rem; white-space: nowrap;
}
[data-testid="stDataFrameColumnMenu"] { display: none; }
[data-testid="stElementToolbar"] { display: none; }
[data-testid="stStatusWidget"] { display: none; }
[data-testid="stHeaderActionElements"] { display: none; }

/* Chinese text wants a little more room between its lines, and numbers one width. */
[data-testid="stMarkdownContainer"] p { line-height: 1.7; }
[data-testid="stMetricValue"], [data-testid="stTable"] { font-variant-numeric: tabular-nums; }

/* Who is here, at the foot of the sidebar. */
[data-testid="stSidebarUserContent"] { padding-bottom: 1.25rem; }
.st-key-foot { gap: 0.4rem; }

/* What is wrong with a field stands close to it and in full colour. */
[data-testid="stForm"] [data-testid="stCaptionContainer"] { margin-top: -0.75rem; opacity: 1; }
[data-testid="stForm"] [data-testid="stCaptionContainer"] span { color: #B3261E !important; opacity: 1; }

/* A cross at the end of a row is a cross; its words are for whoever listens. */
[class*="-cross-"] button p { font-size: 0; }

/* A wide page uses its width. */
[data-testid="stMainBlockContainer"] { padding-left: 2.5rem; padding-right: 2.5rem; max-width: 92rem; }

/* A figure is a door: a button that looks like a card, its number below its name. */
.st-key-doors > div { flex: 1 1 0; }
.st-key-doors button { padding: 0.9rem 1rem 1.3rem; background: #FFFFFF; color: inherit;
  border-color: #E2DED4; }
.st-key-doors button:is(:hover, :focus, :active, [kind="primary"]) { background: #FFFFFF; color: inherit;
  border-color: #A52A24; }
.st-key-doors button[kind="primary"] { box-shadow: inset 0 -3px 0 #A52A24; }
.st-key-doors button > div { justify-content: flex-start; text-align: left; }
.st-key-doors strong { display: block; font-size: 1.9rem; font-weight: 400; line-height: 1.5;
  font-variant-numeric: tabular-nums; }
.st-key-doors .stMarkdownColoredText { color: #B3261E !important; }

/* A card that leads somewhere: its button lies over all of it and shows itself by the frame. */
[class*="st-key-door_"] { position: relative; gap: 0; background: #FFFFFF; transition: border-color 0.15s; }
[class*="st-key-door_"]:hover { border-color: #A52A24; }
[class*="st-key-door_"] .stElementContainer:has(.stButton) { position: absolute; inset: 0; width: 100% !important; }
[class*="st-key-door_"] .stButton, [class*="st-key-door_"] .stButton button {
  position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0; cursor: pointer;
}
[class*="st-key-door_"]:focus-within { outline: 2px solid #A52A24; outline-offset: 1px; }

/* Time used is quiet; only what is late is red. */
[data-testid="stProgressBarTrack"] > div { background-color: #9DB4CC; }
[class*="_late"] [data-testid="stProgressBarTrack"] > div { background-color: #B3261E; }

/* The process map with a case on it stays one quiet line, wherever it has to break. */
.st-key-rail [data-testid="stMarkdownContainer"] p { line-height: 1.45; }

/* A card of a list: the whole title is the door; so are the words of a notice. */
.st-key-notices [data-testid="stPageLink-NavLink"] p { white-space: normal; line-height: 1.5; }
[class*="-card-"] [data-testid="stPageLink-NavLink"] { padding: 0; }
[class*="-card-"] [data-testid="stPageLink-NavLink"] p { font-weight: 600; white-space: normal;
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 4; overflow: hidden; }

/* A draft: its page stays beside what is being written, its buttons at the foot of the window. */
@media (min-width: 641px) {
  [data-testid="stColumn"]:has(.st-key-page_beside) > [data-testid="stVerticalBlock"] {
    position: sticky; top: 1rem; max-height: calc(100vh - 6rem); overflow-y: auto; }
}
.st-key-page_beside img { border: 1px solid rgb(31 35 40 / 12%); background: #FFFFFF; }
[data-testid="stLayoutWrapper"]:has(> .st-key-draft_actions) { position: sticky; bottom: 0; z-index: 5; padding: 0.6rem 0;
  background: #FBFAF7; border-top: 1px solid rgb(31 35 40 / 10%); }

/* The lines of a meeting's record lie close; their small buttons are as high as a line. */
[class*="st-key-line_"] button { min-height: 1.7rem; padding-top: 0; padding-bottom: 0; }
[class*="st-key-line_"] [data-testid="stMarkdownContainer"] p { line-height: 1.6; }

/* What was added between two versions is underlined; what was taken out is struck through already. */
[class*="st-key-difference_"] .stMarkdownColoredBackground { text-decoration: underline; text-underline-offset: 0.2em; }

/* Dark, as the browser asks for; the theme itself is in .streamlit/config.toml. */
@media (prefers-color-scheme: dark) {
  [class*="st-key-door_"] { background: #232629; }
  [class*="st-key-door_"]:hover { border-color: #E5736B; }
  .st-key-doors button { background: #232629; border-color: #3D4147; }
  .st-key-doors button:is(:hover, :focus, :active, [kind="primary"]) { background: #232629; border-color: #E5736B; }
  .st-key-doors button[kind="primary"] { box-shadow: inset 0 -3px 0 #E5736B; }
  .st-key-doors .stMarkdownColoredText { color: #F0776E !important; }
  [data-testid="stForm"] [data-testid="stCaptionContainer"] span { color: #F0776E !important; }
  [data-testid="stProgressBarTrack"] > div { background-color: #6E8CAB; }
  [class*="_late"] [data-testid="stProgressBarTrack"] > div { background-color: #D9544C; }
  [data-testid="stLayoutWrapper"]:has(> .st-key-draft_actions) { background: #1C1E21; border-top-color: #3D4147; }
}

@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding: 4.25rem 1rem 2rem; }
  .st-key-doors { gap: 0.5rem; }
  .st-key-doors > div { min-width: calc(33% - 0.5rem); flex: 1 1 calc(33% - 0.5rem); }
  .st-key-rail { gap: 0.35rem 0.9rem; }
}
</style>
"""

_ENTRY = """
<style>
[data-testid="stMainBlockContainer"] { max-width: 27rem; padding: max(3rem, 11vh) 1rem 3rem; }
[data-testid="stHeader"] { background: transparent; }
[data-testid="stMainBlockContainer"] h1 { text-align: center; padding: 0; letter-spacing: 0.04em; }
.st-key-lead p, .st-key-entering p { text-align: center; color: #6B7078; }
[data-testid="stForm"] {
  background: #FFFFFF; padding: 1.75rem;
  box-shadow: 0 1px 2px rgb(31 35 40 / 5%), 0 8px 24px rgb(31 35 40 / 5%);
}
[data-testid="stForm"] h3 { font-size: 1.15rem; padding: 0 0 0.75rem; }
[data-testid="stForm"] .stElementContainer:has([data-testid="stFormSubmitButton"]),
[data-testid="stFormSubmitButton"], [data-testid="stFormSubmitButton"] button { width: 100%; }
[data-testid="stFormSubmitButton"] { margin-top: 0.5rem; }
[data-testid="stFormSubmitButton"] button { background: #A52A24; border-color: #A52A24; color: #FFFFFF; }
[data-testid="stFormSubmitButton"] button:hover { background: #8E231E; border-color: #8E231E; color: #FFF; }
@media (prefers-color-scheme: dark) {
  .st-key-lead p, .st-key-entering p { color: #A7ACB3; }
  [data-testid="stForm"] { background: #232629; box-shadow: none; }
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding-top: 2.5rem; }
  [data-testid="stForm"] { padding: 1.25rem; }
}
</style>
"""


def page() -> None:
    """What holds for every page. Called once by the shell."""
    st.html(_PAGE)


def entry() -> None:
    """One calm card in the middle, for the pages before anybody is signed in."""
    st.html(_ENTRY)


def hand_over(ticket: str) -> None:
    """Let the browser change a ticket for its cookie and come back with it."""
    if not ticket.replace("-", "").replace("_", "").isalnum():
        raise ValueError("not a ticket")
    st.html(f'<script src="/session.js" data-ticket="{ticket}"></script>', unsafe_allow_javascript=True)


def farewell() -> None:
    """Let the browser throw its cookie away and begin anew."""
    st.html('<script src="/session.js"></script>', unsafe_allow_javascript=True)
