"""A document in the formats that were asked for: each written by its own writer, under the names of its files.

Refuses to begin when a format's package is missing, so that nothing is half-made.
"""

from __future__ import annotations

from collections.abc import Iterable

from wbe.errors import require
from wbe.reporting.document import Document
from wbe.reporting.office import word
from wbe.reporting.package import as_json, data_package
from wbe.reporting.typeset import pdf
from wbe.reporting.words import say

__all__ = ["needed", "written"]

PACKAGES = {"html": ("jinja2", "report"), "pdf": ("typst", "report"), "docx": ("docx", "report"),
            "xlsx": ("xlsxwriter", "excel")}  # fmt: skip


def needed(formats: Iterable[str]) -> None:
    """Refuse formats whose package this machine lacks, before anything is computed.

    Raises
    ------
    MissingExtra
        Naming the extra that brings it.
    """
    for name in formats:
        if name in PACKAGES:
            require(*PACKAGES[name])


def written(document: Document, formats: Iterable[str]) -> dict[str, bytes]:
    """Write a document as PDF, Word, data package and JSON, as far as they are asked for.

    Parameters
    ----------
    document : Document
    formats : iterable of str

    Returns
    -------
    dict of str to bytes
        Content by path below the report's folder; one PDF and one Word file for each language.
    """
    asked, files, name = set(formats), {}, document.name
    for block in document.blocks:
        leader = [section for section in block.sections if section.depth == "leader"]
        if "pdf" in asked:
            files[f"{name}-{block.language}.pdf"] = pdf(block, document.letterhead, document.month)
            if leader:
                sheet = "press" if document.public else "leader"
                one = say("title", f"{sheet}_file", block.language)
                page = pdf(block, document.letterhead, f"{document.month} · {one}", tuple(leader))
                files[f"{name}-{sheet}-{block.language}.pdf"] = page
        if "docx" in asked:
            files[f"{name}-{block.language}.docx"] = word(block, document.letterhead)
            if leader and not document.public:
                files[f"{name}-brief-{block.language}.docx"] = word(block, document.letterhead, leader, layout="brief")
    if "csv" in asked:
        files |= {f"{name}-data/{part}": content for part, content in data_package(document).items()}
    if "json" in asked:
        files[f"{name}.json"] = as_json(document)
    return files
