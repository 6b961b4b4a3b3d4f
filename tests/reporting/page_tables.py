"""The tables of a report's page as a reader sees them."""

from __future__ import annotations

from html.parser import HTMLParser


class Tables(HTMLParser):
    """The page's tables: (language, name) -> rows of cell texts, the headings first."""

    def __init__(self, text):
        super().__init__()
        self.found, self.rows, self.cell = {}, None, None
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if tag == "table":
            self.rows = self.found.setdefault((known["data-language"], known["data-table"]), [])
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("td", "th"):
            self.cell = ""

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.rows[-1].append(self.cell)
            self.cell = None
        elif tag == "table":
            self.rows = None
