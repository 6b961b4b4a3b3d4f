"""A document in Word as an office sends it: head, number, addressee, body, signature and foot in the official layout.

Refuses to overrule a user's own template: with one, its page, styles, head and foot stand, and only the text is set in.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any
from xml.sax.saxutils import escape

from wbe import packaged
from wbe.errors import Fault, InputError, one_of, require
from wbe.messages import Words
from wbe.reporting.blocks import Block, Finding, Illustration, Section, Table, kind, weights
from wbe.reporting.document import Letterhead
from wbe.reporting.words import say

__all__ = ["official_date", "word"]

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
STYLES = {"Title": "title", "Heading 1": "heading1", "Heading 2": "heading2", "Normal": "text"}
PAPER = 8844  # twentieths of a point: 156 mm


def word(
    block: Block,
    letterhead: Letterhead,
    sections: Iterable[Section] | None = None,
    *,
    attachments: Iterable[str] = (),
    layout: str = "official",
) -> bytes:
    """Write one language's part of a document as Word.

    Parameters
    ----------
    block : Block
    letterhead : Letterhead
    sections : iterable of Section, optional
        Which of them; by default all.
    attachments : iterable of str
        Names of what goes with it.
    layout : {"official", "brief"}
        A brief is set smaller and keeps to one page: its first picture alone, without what is said elsewhere.

    Returns
    -------
    bytes
        The same for the same document.

    Raises
    ------
    MissingExtra
        python-docx is not installed.
    InputError
        The template cannot be read as Word.

    Source: GB/T 9704-2012 for the layout.
    """
    page = _Page(letterhead, block.language, one_of(layout, ("official", "brief"), Words("layout", "版式")))
    page.head(block)
    for section in block.sections if sections is None else sections:
        if section.title and layout != "brief":
            page.line(section.title, "Heading 1")
        for one in _short(section.blocks) if layout == "brief" else section.blocks:
            page.add(one)
    page.end([str(name) for name in attachments])
    return page.content()


def _short(blocks: tuple[Any, ...]) -> list[Any]:
    """What a brief holds: the first picture, findings and what to do."""
    first = next((b for b in blocks if isinstance(b, Illustration)), None)
    return [b for b in blocks if b is first or (not isinstance(b, Illustration) and kind(b) != "text")]


def official_date(date: str, language: str) -> str:
    """Write a date as a document bears it.

    Examples
    --------
    >>> official_date("2021-07-05", "zh"), official_date("2021-07-05", "en"), official_date("", "zh")
    ('2021年7月5日', '2021-07-05', '')
    """
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", date)
    if found is None or language != "zh":
        return date
    return f"{found[1]}年{int(found[2])}月{int(found[3])}日"


class _Page:
    """A Word document while it is written."""

    def __init__(self, letterhead: Letterhead, language: str, layout: str):
        self.docx = require("docx", "report")
        self.head_of, self.language, self.brief = letterhead, language, layout == "brief"
        self.rules = packaged.toml("office.toml")
        self.scale = self.rules["brief"]["picture"] if self.brief else 1.0
        self.row: Any = None
        self.room = 0.0  # what is left of the width of the last picture's paragraph
        if self.brief:
            for key in ("text", "heading1", "heading2", "mark", "foot"):
                self.rules[key] |= {"size": self.rules["brief"]["size"], "leading": self.rules["brief"]["leading"]}
        self.own = bool(letterhead.template)
        self.document = self._opened(letterhead.template)
        self.styles = {style.name: style for style in self.document.styles}  # looked up once: a walk over all is slow
        if not self.own:
            self._lay_out()

    def _opened(self, template: str) -> Any:
        if not template:
            return self.docx.Document()
        try:
            document = self.docx.Document(template)
        except (OSError, KeyError, ValueError, self.docx.opc.exceptions.PackageNotFoundError) as err:
            raise InputError([Fault("reporting-template", file=template)]) from err
        body = document.element.body
        for element in [e for e in body if not e.tag.endswith("}sectPr")]:
            body.remove(element)
        return document

    def _lay_out(self) -> None:
        from docx.shared import Mm, Pt

        page, section = self.rules["page"], self.document.sections[0]
        section.page_width, section.page_height = Mm(page["width"]), Mm(page["height"])
        section.top_margin, section.bottom_margin = Mm(page["top"]), Mm(page["bottom"])
        section.left_margin, section.right_margin = Mm(page["left"]), Mm(page["right"])
        section.footer_distance = Mm(page["bottom"] - 7)  # the number stands 7 mm below the type area
        for name, key in STYLES.items():
            style = self.document.styles[name]
            rule = self.rules[key]
            self._font(style.element.get_or_add_rPr(), style.font, rule)
            style.paragraph_format.line_spacing = Pt(rule.get("leading", self.rules["text"]["leading"]))
            style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
            for border in style.element.findall(f".//{{{style.element.nsmap['w']}}}pBdr"):
                border.getparent().remove(border)
        self._page_number()
        self._fallbacks()

    def _font(self, properties: Any, font: Any, rule: dict[str, Any]) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt, RGBColor

        latin = self.rules["text"]["latin"]
        font.name, font.size, font.bold, font.italic = latin, Pt(rule["size"]), False, False
        font.color.rgb = RGBColor.from_string(rule.get("colour", "000000"))
        fonts = properties.find(qn("w:rFonts"))
        for theme in [name for name in fonts.attrib if name.endswith("Theme")]:
            del fonts.attrib[theme]
        for name in ("w:ascii", "w:hAnsi", "w:cs"):
            fonts.set(qn(name), latin)
        fonts.set(qn("w:eastAsia"), rule["font"])

    def _page_number(self) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import parse_xml

        paragraph = self.document.sections[0].footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for part in ("— ", None, " —"):
            run = paragraph.add_run(part or "")
            self._font(run._element.get_or_add_rPr(), run.font, self.rules["foot"])
            if part is None:
                for xml in ('<w:fldChar {0} w:fldCharType="begin"/>',
                            '<w:instrText {0} xml:space="preserve"> PAGE </w:instrText>',
                            '<w:fldChar {0} w:fldCharType="end"/>'):  # fmt: skip
                    run._element.append(parse_xml(xml.format(W)))

    def _fallbacks(self) -> None:
        """Name in the table of fonts what another machine may take."""
        for part in self.document.part.package.iter_parts():
            if str(part.partname) == "/word/fontTable.xml":
                entries = "".join(
                    f'<w:font w:name="{name}"><w:altName w:val="{",".join(others)}"/></w:font>'
                    for name, others in self.rules["fallback"].items()
                )
                part._blob = part.blob.replace(b"</w:fonts>", entries.encode() + b"</w:fonts>")

    def line(self, text: str, style: str = "Normal", *, align: str = "", indent: bool = False, rule: str = "") -> Any:
        """Write a paragraph."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        paragraph = self.document.add_paragraph()
        if style in self.styles and style != "Normal":
            paragraph.style = self.styles[style]
        run = paragraph.add_run(_sayable(text))
        if align:
            paragraph.alignment = getattr(WD_ALIGN_PARAGRAPH, align)
        if rule and not self.own:
            self._font(run._element.get_or_add_rPr(), run.font, self.rules[rule])
        if indent and not self.own:
            size = self.rules["text"]["size"] * self.rules["text"]["indent_characters"]
            paragraph.paragraph_format.first_line_indent = Pt(size if self.language == "zh" else 0)
        if style.startswith("Heading"):
            paragraph.paragraph_format.keep_with_next = True
        return paragraph

    def head(self, block: Block) -> None:
        """Write what stands above the body."""
        head = self.head_of
        for mark in (head.security, head.urgency):
            if mark:
                self.line(mark, rule="mark")
        if head.office:
            self._loose(self.line(head.office, align="CENTER", rule="office"))
        if head.number:
            self.line(head.number, align="CENTER")
        if (head.office or head.number) and not self.own:
            self._red_line()
        self._loose(self.line(block.title, "Title", align="CENTER"))
        if block.synthetic:
            self.line(f"【{block.synthetic}】", align="CENTER", rule="mark")
        if head.addressee:
            self.line(f"{head.addressee.rstrip(':：')}{say('office', 'colon', self.language)}")
        for text in (block.synthetic_long, head.note):
            if text and not (self.brief and text == block.synthetic_long):  # the mark stands above already
                self.line(text, indent=True)

    def _loose(self, paragraph: Any) -> None:
        """Let a large line have the height that it needs."""
        if not self.own:
            paragraph.paragraph_format.line_spacing = 1.15

    def _red_line(self) -> None:
        from docx.oxml import parse_xml

        paragraph = self.line("")
        paragraph._element.get_or_add_pPr().append(parse_xml(
            f'<w:pBdr {W}><w:top w:val="single" w:sz="18" w:space="1" w:color="{self.rules["office"]["colour"]}"/>'
            "</w:pBdr>"
        ))  # fmt: skip

    def add(self, block: Any) -> None:
        """Write a block of a section."""
        if isinstance(block, Illustration):
            self._picture(block)
            return
        self.row = None
        if isinstance(block, Table):
            self._table(block)
        elif isinstance(block, Finding):
            grade = f" [{block.grade}]" if block.grade else ""
            self.line(f"{block.line}{grade}", indent=True)
        else:
            self._words(kind(block), block[1])

    def _words(self, how: str, words: Any) -> None:
        if how == "lead":
            self.line(words, "Heading 2")
        elif how in ("list", "numbered"):
            for i, text in enumerate(words, start=1):
                self.line(f"{i}. {text}" if how == "numbered" else f"· {text}", indent=True)
        else:
            self.line(words, indent=True)

    def _picture(self, block: Illustration) -> None:
        from docx.shared import Mm

        section = self.document.sections[0]
        share = self.scale * float(block.width.rstrip("%")) / 100
        wide = (section.page_width - section.left_margin - section.right_margin) * share
        if self.row is None or share > self.room:  # two pictures that fit stand side by side
            self.row, self.room = self.document.add_paragraph(), 1.0
            self.row.paragraph_format.line_spacing = 1.0
        self.room -= share
        shape = self.row.add_run().add_picture(io.BytesIO(block.png), width=int(max(wide, Mm(10))))
        shape._inline.docPr.set("descr", _sayable(block.alt))

    def _table(self, table: Table) -> None:
        from docx.oxml import parse_xml

        self.document.element.body.insert(-1, parse_xml(self._table_xml(table)))
        self.line("").paragraph_format.line_spacing = 0.7

    def _table_xml(self, table: Table) -> str:
        """A table in one piece: cell by cell it would take minutes for a province."""
        rule = self.rules["table"]
        latin, half = self.rules["text"]["latin"], int(2 * rule["size"])
        fonts = f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{rule["font"]}"/>'
        look = "" if self.own else f'<w:rPr>{fonts}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr>'

        def cell(text: str, right: bool) -> str:
            side = '<w:jc w:val="right"/>' if right else ""
            return (
                '<w:tc><w:p><w:pPr><w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>'
                f"{side}</w:pPr>"
                f'<w:r>{look}<w:t xml:space="preserve">{escape(_sayable(text))}</w:t></w:r></w:p></w:tc>'
            )

        right = [column.places is not None for column in table.columns]
        heads = "".join(cell(c.heading, r) for c, r in zip(table.columns, right, strict=True))
        rows = "".join(
            '<w:tr><w:trPr><w:cantSplit/></w:trPr>'
            + "".join(cell(table.text(row, c), r) for c, r in zip(table.columns, right, strict=True)) + "</w:tr>"
            for row in table.rows
        )  # fmt: skip
        lines = "".join(f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>'
                        for side in ("top", "left", "bottom", "right", "insideH", "insideV"))  # fmt: skip
        wide = weights(table)
        grid = "".join(f'<w:gridCol w:w="{round(PAPER * one / sum(wide))}"/>' for one in wide)
        return (
            f'<w:tbl {W}><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{lines}</w:tblBorders>'
            '<w:tblLayout w:type="fixed"/>'
            '<w:tblCellMar><w:left w:w="40" w:type="dxa"/><w:right w:w="40" w:type="dxa"/></w:tblCellMar>'
            f'<w:tblCaption w:val="{escape(table.name)}"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
            f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{heads}</w:tr>{rows}</w:tbl>"
        )

    def end(self, attachments: list[str]) -> None:
        """Write what stands below the body: attachments, who signs and when, to whom copies go."""
        head, language = self.head_of, self.language
        if attachments:
            listed = [f"{i}. {name}" for i, name in enumerate(attachments, start=1)]
            self.line(say("office", "attachments", language, names=listed[0]), indent=True)
            for name in listed[1:]:
                self.line(f"\u3000\u3000\u3000{name}" if language == "zh" else f"    {name}", indent=True)
        date = official_date(head.date, language)
        if head.office or date or head.author:
            self.line("")
        for text in (head.office, head.author, date):
            if text:
                self.line(text, align="RIGHT")
        if head.copies:
            self.line(say("office", "copies", language, to=head.copies), rule="foot")

    def content(self) -> bytes:
        """Return the file; nothing in it tells when or on which machine it was made."""
        import datetime as dt

        core = self.document.core_properties
        core.author, core.title, core.comments = self.head_of.author or self.head_of.office, "", ""
        core.created = core.modified = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
        core.last_modified_by, core.revision = "", 1
        buffer = io.BytesIO()
        self.document.save(buffer)
        return _timeless(buffer.getvalue())


def _sayable(text: str) -> str:
    """Return a text that XML can hold."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", " ", text)


def _timeless(content: bytes) -> bytes:
    """Write an archive again with one date in every entry, so that equal documents are equal bytes."""
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return buffer.getvalue()
