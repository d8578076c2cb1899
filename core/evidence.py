"""What a step may look at beside its case: the files it names, and the votes on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Votes = Sequence[tuple[str, str]]
"""The votes on a case: whose – empty where the ballot is secret – and what was chosen."""


@dataclass(frozen=True)
class Evidence:
    """How to look: `content` reads a kept file by its digest, `votes` counts nothing and hides nothing."""

    content: Callable[[str], bytes]
    votes: Callable[[], Votes]
