"""Who the office is."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class OfficeProfile:
    """Who the office is, as its numbers and papers need it.

    `fonds_no` (全宗号) and `code` (机构代码) stand in the archive's reference code. `office_codes` are the
    机关代字 of its document numbers, one by the other with 、 between.
    """

    name: str
    fonds_no: str = ""
    code: str = "BGS"
    office_codes: str = ""

    @property
    def series_codes(self) -> tuple[str, ...]:
        """The 机关代字 one by one, the most usual first."""
        return tuple(filter(None, self.office_codes.split("、")))
