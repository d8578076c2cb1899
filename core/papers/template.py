"""The office's own DOCX for a paper: read once when it is handed in, then filled in for every case.

A template is a document with blanks `{{ 文号 }}`, rows repeated between `{%tr for 行 in 流转 %}` and
`{%tr endfor %}`, and parts between `{% if 批示 %}` and `{% endif %}` – no other expression is taken. The
runs into which a word processor splits a blank are joined once; to fill it in, only the parts with
blanks are rendered, and all others are carried over as they are (finding 12, B8).
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape
from rapidfuzz import fuzz, process

from core.errors import Refused
from core.intake import archive, check

FILE = "file"
"""The field beside which a refusal stands."""

LARGEST = 5 * 2**20
"""The most bytes a template may have."""

Context = Mapping[str, str | Sequence[Mapping[str, str]]]
"""What the blanks are filled in with: text by name, and rows by the name of their list."""


@dataclass(frozen=True)
class Blanks:
    """The blanks a template may have: texts, lists with the names in their rows, and those it must have."""

    texts: tuple[str, ...]
    lists: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A template ready to be filled in: its parts with blanks, and an archive of all the others."""

    parts: tuple[tuple[str, Template], ...]
    others: bytes


_PARTS = re.compile(r"word/(?:document\d*|header\d*|footer\d*|footnotes|endnotes)\.xml")
_TOKEN = re.compile(r"\{\{(?:(?!\{\{|\{%|%\}).)*?\}\}|\{%(?:(?!\{\{|\{%|\}\}).)*?%\}|\{\{|\{%|\{#|\}\}|%\}")
_BEGIN = r"\{%(?:(?:tr|tc|p|r)\s+|\s*)"
_OUTPUT = re.compile(r"\{\{\s*([^\W\d]\w*)(?:\.([^\W\d]\w*))?\s*\}\}")
_FOR = re.compile(_BEGIN + r"for\s+([^\W\d]\w*)\s+in\s+([^\W\d]\w*)\s*%\}")
_IF = re.compile(_BEGIN + r"if\s+(?:not\s+)?([^\W\d]\w*)(?:\.([^\W\d]\w*))?\s*%\}")
_END = re.compile(_BEGIN + r"end(for|if)\s*%\}")
_ELSE = re.compile(_BEGIN + r"else\s*%\}")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
_LARGEST_PART = 2 * 2**20
_MOST_PROBLEMS = 5
_NEAR = 30  # from this likeness (0–100) an unknown name is answered with the nearest known one
_TRIAL = "甲<&>\"'\n乙"

_ENVIRONMENT = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
_ENVIRONMENT.globals.clear()
_ENVIRONMENT.filters.clear()


def prepare(content: bytes) -> Prepared:
    """The template of a file that was accepted. What `accepted` would refuse may raise anything here."""
    with archive.opened(content) as parts:
        names = [name for name in parts.namelist() if _PARTS.fullmatch(name)]
        sources = {name: _joined(parts.read(name)) for name in names}
        filled = {name: source for name, source in sources.items() if _TOKEN.search(source)}
        compiled = tuple((name, _ENVIRONMENT.from_string(source)) for name, source in filled.items())
        return Prepared(compiled, _without(parts, filled))


def render(prepared: Prepared, context: Context) -> bytes:
    """The paper as DOCX. What is filled in is text, whatever it looks like; it must have every blank."""
    values = {name: _shown(value) for name, value in context.items()}
    file = BytesIO(prepared.others)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as filled:
        for name, template in prepared.parts:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            filled.writestr(entry, template.render(values).encode())
    return file.getvalue()


def accepted(name: str, content: bytes, blanks: Blanks) -> Prepared:
    """The template, if it can be one. Raises `Unreadable` for the file, `Refused` for what is in it."""
    if len(content) > LARGEST:
        raise Refused({FILE: f"单据模板不能超过 {LARGEST // 2**20} MB，请压缩其中的图片"})
    if (kind := check(name, content)) != "docx":
        raise Refused({FILE: f"单据模板须是 DOCX 文件，这是 {kind.upper()}，请另存为 DOCX 再上传"})
    with archive.opened(content) as parts:
        if "word/vbaProject.bin" in parts.namelist():
            raise Refused({FILE: "文件带有宏，请另存为不带宏的 DOCX 再上传"})
        entries = [entry for entry in parts.infolist() if _PARTS.fullmatch(entry.filename)]
        if any(entry.file_size > _LARGEST_PART for entry in entries):
            raise Refused({FILE: "模板的文字太多，单据模板只放格式和空格，请删减后再上传"})
        texts = [_paragraphs(parts.read(entry)) for entry in entries]
    _refuse(_Reading(blanks).problems("\n".join(texts)))
    return _tried(content, blanks)


# --- reading the blanks -------------------------------------------------------------------------------


class _Reading:
    """One walk over the blanks of a template: what is wrong with each, and which there are."""

    def __init__(self, blanks: Blanks) -> None:
        self._blanks = blanks
        self._open: list[tuple[str, str, str]] = []  # for or if, the row's name, its list
        self._found: set[str] = set()

    def problems(self, text: str) -> Iterator[str]:
        for n, found in enumerate(_TOKEN.finditer(text), 1):
            if problem := self._problem(found.group(), _around(text, found)):
                yield f"第 {n} 处空格{problem}"
        for kind, _, _ in self._open:
            yield f"有一处“{{% {kind} … %}}”没有用“{{% end{kind} %}}”结束"
        for name in self._blanks.required:
            if name not in self._found:
                yield f"没有“{{{{ {name} }}}}”：纸质单据与事项靠它互相找到，请加上"

    def _problem(self, token: str, around: str) -> str | None:
        if len(token) == 2:
            return f"“{around}”没有写完整，请写成“{{{{ 文号 }}}}”的样子，并放在同一段里"
        if found := _OUTPUT.fullmatch(token):
            self._found.add(found[1])
            return self._unknown(token, found[1], found[2], self._blanks.texts)
        if found := _FOR.fullmatch(token):
            self._open.append(("for", found[1], found[2]))
            return _nearest(token, found[2], self._blanks.lists)
        if found := _IF.fullmatch(token):
            self._open.append(("if", "", ""))
            return self._unknown(token, found[1], found[2], [*self._blanks.texts, *self._blanks.lists])
        if _ELSE.fullmatch(token):
            return None if self._open and self._open[-1][0] == "if" else f"“{token}”前面没有 if"
        if found := _END.fullmatch(token):
            return self._closed(token, found[1])
        return f"“{token[:40]}”不认识：空格里只能写所列的名称"

    def _unknown(self, token: str, name: str, inner: str | None, known: Iterable[str]) -> str | None:
        """Why there is no such blank here."""
        rows = {row: self._blanks.lists.get(of, ()) for kind, row, of in self._open if kind == "for"}
        if inner is None and name in rows:
            return f"“{token}”没有写明是哪一格，可用的有：{'、'.join(rows[name])}"
        if inner is None:
            return _nearest(token, name, known)
        if name not in rows:
            return f"“{token}”不在“{{%tr for {name} in … %}}”与“{{%tr endfor %}}”之间"
        return _nearest(token, inner, rows[name])

    def _closed(self, token: str, kind: str) -> str | None:
        if not self._open or self._open[-1][0] != kind:
            return f"“{token}”前面没有与它成对的 {kind}"
        self._open.pop()
        return None


def _nearest(token: str, name: str, known: Iterable[str]) -> str | None:
    if name in (known := [*known]):
        return None
    found = process.extractOne(name, known, scorer=fuzz.ratio, score_cutoff=_NEAR)
    return f"“{token}”不认识" + (f"，可能是“{found[0]}”" if found else "，请对照可用的空格")


def _around(text: str, found: re.Match[str]) -> str:
    """A token that stands alone, with what is written behind it (before it, where it closes)."""
    if found.group() in ("}}", "%}"):
        return text[max(found.start() - 10, 0) : found.end()].rpartition("\n")[2]
    return text[found.start() : found.end() + 10].partition("\n")[0]


def _paragraphs(content: bytes) -> str:
    """The text of a part, a paragraph a line, however it is split into runs."""
    lines: dict[Any, str] = {}
    for text in _tree(content).iter(f"{_WORD}t"):
        paragraph = next(text.iterancestors(f"{_WORD}p"), None)
        lines[paragraph] = lines.get(paragraph, "") + (text.text or "")
    return "\n".join(lines.values())


def _tree(content: bytes) -> Any:
    """The XML of a part; no entity of its own is resolved, and none is in what `archive` let through."""
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


# --- preparing ----------------------------------------------------------------------------------------


def _joined(content: bytes) -> str:
    """The XML of a part with each blank in one run, as Jinja can read it."""
    source = etree.tostring(_tree(content), encoding="unicode")
    return str(DocxTemplate(BytesIO()).patch_xml(source))


def _without(parts: zipfile.ZipFile, names: Iterable[str]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as others:
        for entry in parts.infolist():
            if entry.filename not in names:
                others.writestr(entry, parts.read(entry.filename))
    return file.getvalue()


def _tried(content: bytes, blanks: Blanks) -> Prepared:
    """Fill it in once: whatever Jinja would see beyond the blanks of its text is refused here."""
    with archive.opened(content) as parts:
        for part in filter(_PARTS.fullmatch, parts.namelist()):
            reading = _Reading(Blanks(blanks.texts, blanks.lists))
            _refuse(reading.problems(_joined(parts.read(part))))
    row = {of: [dict.fromkeys(names, _TRIAL)] * 2 for of, names in blanks.lists.items()}
    try:
        prepared = prepare(content)
        made = render(prepared, {**dict.fromkeys(blanks.texts, _TRIAL), **row})
        with zipfile.ZipFile(BytesIO(made)) as filled:
            for part, _ in prepared.parts:
                _tree(filled.read(part))
    except (TemplateError, etree.XMLSyntaxError, ValueError) as fault:
        raise Refused(
            {FILE: "有空格放在了不能填写的地方，请只在正文、表格、页眉页脚的文字里放空格"}
        ) from fault
    return prepared


def _refuse(problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        more = f"；另有 {len(found) - _MOST_PROBLEMS} 处" if len(found) > _MOST_PROBLEMS else ""
        raise Refused({FILE: "；".join(found[:_MOST_PROBLEMS]) + more})


def _shown(value: str | Sequence[Mapping[str, str]]) -> Any:
    """Text escaped, with its line breaks as the paper's, and without what XML cannot hold."""
    if isinstance(value, str):
        return Markup(str(escape(_UNPRINTABLE.sub("", value))).replace("\r", "").replace("\n", _BREAK))  # noqa: S704 -- escaped
    return [{name: _shown(text) for name, text in row.items()} for row in value]
