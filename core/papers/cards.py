"""Name cards for the table (座次桌牌): A4 across, folded in the middle, the name to both sides."""

from dataclasses import dataclass

from core.papers.paper import Paper


@dataclass(frozen=True)
class Card:
    """Whose card it is; what stands smaller below the name may be empty."""

    name: str
    below: str = ""


@dataclass(frozen=True, kw_only=True)
class Cards(Paper):
    """Cards ready to be drawn, one a sheet."""

    cards: tuple[Card, ...]


def spread(name: str) -> str:
    """A name as a card has it: of two characters with room between them."""
    return "　".join(name) if len(name) == 2 else name


def size(name: str) -> float:
    """Points in which a name fits on 277 mm and is read from afar."""
    return min(150.0, 277 / 25.4 * 72 / max(3, len(spread(name))))
