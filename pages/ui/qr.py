"""An address as a picture for the cameras of phones, drawn here and asked of nobody."""

import segno


def svg(address: str, *, title: str = "") -> str:
    """The QR code of an address as an SVG to put into a page; it grows to whatever room it has.

    Dark on white in every scheme, with the quiet zone of four modules that cameras need (ISO/IEC 18004).
    `title`: what a screen reader says instead of the picture.
    """
    made = segno.make(address, micro=False, error="m")
    drawn: str = made.svg_inline(
        border=4, dark="#1F2328", light="#FFFFFF", omitsize=True, title=title or None
    )
    return drawn
