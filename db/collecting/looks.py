"""What a look at a source brings: a found thing, and what is to be done at the source once it is kept here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.collecting import Found


@dataclass(frozen=True)
class Look:
    """`done` is called with the sentences of what of it was not taken, when it is kept: not before, so that nothing
    is lost that was not kept.
    """

    found: Found
    done: Callable[[Sequence[str]], None] = lambda troubles: None
