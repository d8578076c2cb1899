"""HTML as text and links, read without following anything it names."""

from collections.abc import Iterator
from urllib.parse import urljoin

from lxml import etree, html

_SILENT = ("script", "style", "noscript", "template", "head", "svg", "iframe", "object")
_BLOCKS = (
    "p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "section", "article",
    "blockquote", "dd", "dt", "pre",
)  # fmt: skip

_PARSER_OPTIONS = {"no_network": True, "remove_comments": True, "remove_pis": True, "huge_tree": False}


def tree(content: bytes | str, charset: str = "") -> html.HtmlElement | None:
    """The tree of a page; None where there is nothing to read."""
    parser = html.HTMLParser(encoding=charset or None, **_PARSER_OPTIONS)
    try:
        return html.document_fromstring(content, parser=parser)
    except (etree.LxmlError, ValueError, LookupError):
        return None


def plain_text(text: str) -> str:
    """A piece of HTML, or plain text, as it would be read, a line for each block."""
    if "<" not in text and "&" not in text:
        return text
    page = tree(f"<div>{text}</div>".replace("\0", ""))
    return lines_of(page) if page is not None else ""


def lines_of(page: html.HtmlElement) -> str:
    """What a page says, a line for each block."""
    lines = (" ".join(line.split()) for line in "".join(_said(page)).splitlines())
    return "\n".join(filter(None, lines))


def _said(page: html.HtmlElement) -> Iterator[str]:
    silent = 0
    for event, one in etree.iterwalk(page, events=("start", "end")):
        name = one.tag if isinstance(one.tag, str) else ""
        if event == "start":
            silent += name in _SILENT
            if name in _BLOCKS:
                yield "\n"
            if not silent and one.text:
                yield one.text.replace("\n", " ")
            continue
        silent -= name in _SILENT
        if name in _BLOCKS:
            yield "\n"
        if not silent and one.tail:
            yield one.tail.replace("\n", " ")


def links_in(page: html.HtmlElement, url: str) -> Iterator[tuple[str, str]]:
    """The addresses that a page names with the words they bear, in their order."""
    base = urljoin(url, next(iter(page.xpath("//base/@href")), "") or url)
    for one in page.iter("a"):
        if target := (one.get("href") or "").strip():
            try:
                yield urljoin(base, target), " ".join((one.get("title") or one.text_content()).split())
            except ValueError:
                continue
