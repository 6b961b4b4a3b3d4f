"""The documentation site: pages in Markdown, tables generated from the packaged data, notebooks run at build."""

from __future__ import annotations

import base64
import io
import re
import runpy
import shutil
import sys
import textwrap
import tomllib
import warnings
from importlib import resources
from pathlib import Path

from fontTools import subset

import wbe
from wbe.plot.fonts import chinese_font
from wbe.reading.words import mapping as reading_mapping

HERE = Path(__file__).parent
MADE = HERE / "api" / "_generated"  # never committed

project = "wbe"
author = "The wbe developers"
copyright = "The wbe developers, BSD-3-Clause"
version = release = wbe.__version__

sys.path.insert(0, str(HERE / "_extensions"))
extensions = [
    "myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc", "sphinx_gallery.gen_gallery", "han_search",
]  # fmt: skip
sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "api/_generated/gallery",
    "filename_pattern": "/plot_",
    "show_signature": False,
    "download_all_examples": False,
    "show_memory": False,
    "min_reported_time": 1e9,
    "ignore_repr_types": r"matplotlib\.figure\.Figure",
    "plot_gallery": "True",
    "write_computation_times": False,
}
exclude_patterns = [
    "_build", "_extensions", "gallery", "api/_generated/*_table.md", "api/_generated/gallery/*.ipynb",
    "**.ipynb_checkpoints",
]  # fmt: skip
root_doc = "index"
suppress_warnings = ["toc.empty_glob"]
html_theme = "pydata_sphinx_theme"
html_title = "wbe"
html_static_path = ["_static"]
html_css_files = ["han.css"]
html_show_sourcelink = False
html_sidebars = {"*": [], "api/_generated/notebooks/*": []}  # only the reference and the decisions have siblings
html_theme_options = {
    "header_links_before_dropdown": 4,
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "secondary_sidebar_items": ["page-toc"],
}
templates_path = ["_templates"]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_ipywidgets_js = {}  # no script from elsewhere: the site is read offline

autosummary_generate = True
autodoc_typehints = "none"  # shapes and units stand in the docstring, where a reader looks
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
add_module_names = False


def nomenclature() -> str:
    """Every quantity of ``data/variables.toml``: name, canonical unit, meaning, Chinese name."""
    table = tomllib.loads(resources.files("wbe").joinpath("data/variables.toml").read_text(encoding="utf-8"))
    lines = ["| Name | Unit | Meaning | 中文 |", "|---|---|---|---|"]
    lines += [f"| `{n}` | {v['unit']} | {v['long_name']} | {v.get('zh', '')} |" for n, v in table.items()]
    return "\n".join(lines) + "\n"


def units() -> str:
    """Every spelling of ``data/units.toml`` and what is refused because it has several meanings."""
    table = tomllib.loads(resources.files("wbe").joinpath("data/units.toml").read_text(encoding="utf-8"))
    lines = ["| Read as | Written as |", "|---|---|"]
    for unit, spellings in table["spellings"].items():
        lines.append(f"| {unit} | {'; '.join(f'`{s}`' for s in spellings)} |")
    lines += ["", "## Refused, with the choices", "", "| Written as | May mean |", "|---|---|"]
    lines += [f"| `{k}` | {'; '.join(v)} |" for k, v in table["ambiguous"].items()]
    return "\n".join(lines) + "\n"


def mapping() -> str:
    """The grammar of mapping files, from the module that reads them."""
    grammar = textwrap.dedent((reading_mapping.__doc__ or "").split("::\n", 1)[1]).strip()
    return f"```toml\n{grammar}\n```\n"


def messages() -> str:
    """Every sentence with its code, by the script that prints them."""
    script = runpy.run_path(str(HERE.parent / "scripts" / "make_messages_page.py"))
    return str(script["page"]())


def _write_if_changed(text: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def _make(app) -> None:
    _write_if_changed(nomenclature(), MADE / "nomenclature_table.md")
    _write_if_changed(mapping(), MADE / "mapping_table.md")
    _write_if_changed(units(), MADE / "units_table.md")
    _write_if_changed(messages(), MADE / "messages_table.md")
    books = MADE / "notebooks"
    shutil.rmtree(books, ignore_errors=True)
    shutil.copytree(HERE.parent / "notebooks", books, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))


def _source_is_a_reference(app, what, name, obj, options, lines) -> None:
    """The house heads its citations with ``Source``; numpydoc knows that section as ``References``."""
    for i in range(len(lines) - 1):
        if lines[i].strip() == "Source" and re.fullmatch(r"-{6}", lines[i + 1].strip()):
            lines[i] = lines[i].replace("Source", "References")
            lines[i + 1] = lines[i + 1].replace("------", "----------")


def _belongs_elsewhere(app, what, name, obj, skip, options) -> bool | None:
    """A room's page shows what the room holds, not what it borrows from others."""
    room = app.env.docname.rpartition("/")[2]
    home = getattr(obj, "__module__", None)
    if room.startswith("wbe.") and isinstance(home, str) and not f"{home}.".startswith(f"{room}."):
        return True
    return None


def _bring_glyphs(app, exception) -> None:
    """Cut the Chinese font to the characters of the finished pages, so that no reader sees boxes."""
    font = chinese_font()
    if exception or font is None or app.builder.format != "html":
        return
    pages = "".join(p.read_text(encoding="utf-8") for p in Path(app.outdir).rglob("*.html"))
    options = subset.Options(flavor="woff", desubroutinize=True)
    face = subset.load_font(str(font), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text="".join(c for c in set(pages) if ord(c) >= 0x2E80))
    cutter.subset(face)
    packed = io.BytesIO()
    subset.save_font(face, packed, options)
    data = base64.b64encode(packed.getvalue()).decode("ascii")
    rule = (
        '@font-face { font-family: "wbe han"; unicode-range: U+2E80-9FFF, U+FF00-FFEF; '
        f'src: url("data:font/woff;base64,{data}") format("woff"); }}\n'
    )
    style = HERE / "_static" / "han.css"
    (Path(app.outdir) / "_static" / "han.css").write_text(rule + style.read_text(encoding="utf-8"), encoding="utf-8")


def setup(app) -> None:
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message="Unknown section Source")
    _make(app)
    app.connect("autodoc-process-docstring", _source_is_a_reference, priority=100)
    app.connect("autodoc-skip-member", _belongs_elsewhere)
    app.connect("build-finished", _bring_glyphs)
