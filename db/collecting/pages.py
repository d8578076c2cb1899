"""Pages without a feed: their links with titles, each a found thing."""

from core.collecting import Found, link_of, plain
from core.errors import Unreadable
from db.collecting import markup
from db.collecting.web import Fetched

MOST = 200
"""Links of a page that are read."""

SHORTEST = 8
"""Characters from which the words of a link are a title rather than a button."""


def found_in(answer: Fetched) -> tuple[list[Found], str]:
    """The links that bear a title, the last one first; `Unreadable` where the address is no page."""
    page = markup.tree(answer.content, answer.charset) if answer.content.strip() else None
    if page is None or answer.kind not in ("text/html", "application/xhtml+xml"):
        raise Unreadable("这个地址不是网页，请核对，或把方式改为“订阅”")
    titles: dict[str, str] = {}
    for link, words in markup.links_in(page, answer.url):
        if (address := link_of(link)) and len(plain(words)) >= SHORTEST:
            titles.setdefault(address, words)
    found = [Found(uid=link, title=title, link=link) for link, title in titles.items()]
    return found[:MOST][::-1], "" if found else "网页上没有带标题的链接"
