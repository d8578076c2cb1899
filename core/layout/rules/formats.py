"""What a piece of a DOCX really looks like: direct formatting over styles over what they are based on over defaults."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from docx.oxml.ns import qn

from core.layout.rules.lists import Listed, Lists, whole

Looks = Mapping[str, Mapping[str, str]]
"""Properties by their tag, each its attributes without namespace."""

_MOST_BASES = 30
_THEMES = {"minorEastAsia": "minorFont", "majorEastAsia": "majorFont"}
_OF_THEME = {"eastAsia": "eastAsiaTheme", "ascii": "asciiTheme", "hAnsi": "hAnsiTheme"}


def number(text: str | None) -> float | None:
    """The number an attribute begins with; None where it is none."""
    found = re.match(r"-?\d{1,9}(?:\.\d{1,6})?", text or "")
    return float(found.group()) if found else None


def local(element: Any) -> str:
    """The name of an element without its namespace; nothing for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


@dataclass(frozen=True)
class Formats:
    """The styles of a document by their id, the default one of paragraphs, the defaults, the theme's typefaces."""

    styles: Mapping[str, Any]
    default: str
    root: Any
    theme: Mapping[str, str]
    lists: Lists = field(default_factory=Lists)
    known: dict[tuple[str, tuple[str, ...]], Looks] = field(default_factory=dict)

    @staticmethod
    def of(styles: Any, theme: Any | None, numbering: Any | None) -> "Formats":
        """Read off the root elements of the parts."""
        known = {style.get(qn("w:styleId"), ""): style for style in styles.findall(qn("w:style"))}
        default = next((key for key, style in known.items() if _is_default(style)), "")
        lists = Lists.of(numbering, known)
        return Formats(known, default, styles, _theme(theme) if theme is not None else {}, lists)

    def paragraph(self, element: Any) -> Looks:
        """The paragraph properties in effect: a list the paragraph itself names goes over its style."""
        direct = element.find(qn("w:pPr"))
        looks = self._base("w:pPr", self._style(element))
        if _numbered(direct) is not None:
            looks = self._as_listed(looks, self.listed(element))
        return _over_all(looks, direct, self.theme)

    def listed(self, element: Any) -> Listed | None:
        """The paragraph's place in a list: what it says itself, else what its style does."""
        if not self.lists.levels:
            return None
        found = None
        for key in (style.get(qn("w:styleId"), "") for style in self._chain(self._style(element))):
            found = self._of_style(key) or found
        direct = _numbered(element.find(qn("w:pPr")))
        if direct is None:
            return found
        named, level = _attribute(direct, "w:numId"), _attribute(direct, "w:ilvl")
        if not named and found:
            return Listed(found.list, whole(level, found.level))
        return Listed(named, whole(level)) if whole(named) else None

    def _of_style(self, key: str) -> Listed | None:
        number = _numbered(self.styles[key].find(qn("w:pPr")))
        named = _attribute(number, "w:numId") if number is not None else ""
        if number is None or not whole(named):
            return None
        return Listed(named, whole(_attribute(number, "w:ilvl"), self.lists.level_of_style(named, key)))

    def _as_listed(self, looks: Looks, place: Listed | None) -> Looks:
        level = self.lists.look(place)
        return _over_all(looks, level.find(qn("w:pPr")), self.theme) if level is not None else looks

    def run(self, paragraph: Any, run: Any) -> Looks:
        """The run properties in effect."""
        direct = run.find(qn("w:rPr"))
        named = _attribute(direct, "w:rStyle") if direct is not None else ""
        return _over_all(self._base("w:rPr", self._style(paragraph), named), direct, self.theme)

    def _base(self, tag: str, *keys: str) -> Looks:
        """What styles and defaults come to: the same for all that are alike, so it is worked out once."""
        if (tag, keys) not in self.known:
            looks = _over_all({}, self._defaults(f"{tag}Default", tag), self.theme)
            for style in (style for key in keys for style in self._chain(key)):
                if tag == "w:pPr":
                    looks = self._as_listed(looks, self._of_style(style.get(qn("w:styleId"), "")))
                looks = _over_all(looks, style.find(qn(tag)), self.theme)
            self.known[tag, keys] = looks
        return self.known[tag, keys]

    def _style(self, paragraph: Any) -> str:
        properties = paragraph.find(qn("w:pPr"))
        named = _attribute(properties, "w:pStyle") if properties is not None else ""
        return named if named in self.styles else self.default

    def _chain(self, key: str) -> list[Any]:
        """The style and all it is based on, the outermost first."""
        chain: list[Any] = []
        while key in self.styles and len(chain) < _MOST_BASES and self.styles[key] not in chain:
            chain.insert(0, self.styles[key])
            key = _attribute(self.styles[key], "w:basedOn")
        return chain

    def _defaults(self, outer: str, inner: str) -> Any:
        defaults = self.root.find(qn("w:docDefaults"))
        found = defaults.find(qn(outer)) if defaults is not None else None
        return found.find(qn(inner)) if found is not None else None


def _numbered(properties: Any) -> Any | None:
    return properties.find(qn("w:numPr")) if properties is not None else None


def _is_default(style: Any) -> bool:
    return style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default")) in ("1", "true", "on")


def _attribute(parent: Any, tag: str) -> str:
    child = parent.find(qn(tag))
    return (child.get(qn("w:val")) or "") if child is not None else ""


def _theme(root: Any) -> dict[str, str]:
    """The East Asian typeface of headings and of text; where it is left open, the one for Chinese."""
    found: dict[str, str] = {}
    for name, part in _THEMES.items():
        for fonts in root.iter():
            if local(fonts) == part:
                found[name] = _east_asian(fonts)
    return found


def _east_asian(fonts: Any) -> str:
    named = next((f.get("typeface", "") for f in fonts if local(f) == "ea"), "")
    chinese = (f.get("typeface", "") for f in fonts if local(f) == "font" and f.get("script") == "Hans")
    return named or next(chinese, "")


def _over_all(base: Looks, layer: Any, theme: Mapping[str, str]) -> Looks:
    """A layer over what lies below it, attribute over attribute; borders and the rest are taken whole."""
    looks = dict(base)
    for child in layer if layer is not None else ():
        tag = local(child)
        values = {key.rpartition("}")[2]: value for key, value in child.attrib.items()}
        if tag == "pBdr":
            values = dict(_borders(child))
        elif tag == "rFonts":
            values = _fonts(values, theme)
        looks[tag] = _over(looks.get(tag, {}), values) if tag in ("rFonts", "ind", "spacing") else values
    return looks


def _over(old: Mapping[str, str], new: Mapping[str, str]) -> Mapping[str, str]:
    """A hanging indent takes the place of one of the first line, and the other way round."""
    for one, other in (("hanging", "firstLine"), ("firstLine", "hanging")):
        if number(new.get(one)) or number(new.get(f"{one}Chars")):
            old = {key: value for key, value in old.items() if not key.startswith(other)}
    return {**old, **new}


def _fonts(values: dict[str, str], theme: Mapping[str, str]) -> dict[str, str]:
    """A typeface of the theme goes before one by name in the same place."""
    for slot, key in _OF_THEME.items():
        if key in values:
            values[slot] = theme.get(values[key]) or ("宋体" if slot == "eastAsia" else values.get(slot, ""))
    return values


def _borders(element: Any) -> Iterator[tuple[str, str]]:
    """Each side as its kind and colour: `bottom` → `single FF0000 8`."""
    for side in element:
        kind = side.get(qn("w:val"), "none")
        if kind not in ("none", "nil"):
            yield local(side), f"{kind} {side.get(qn('w:color'), 'auto')} {side.get(qn('w:sz'), '0')}"
