"""Pictures of every section of the report's page as a screen, a phone and paper show them: ``docs/images/report/``.

Usage: python scripts/picture_report.py PAGE.html OUT
Needs the extra ``dev`` (playwright) and a chromium on the path. Sections longer than a picture are cut at its foot.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

WIDTHS = {"screen": 1200, "phone": 390, "paper": 720}  # paper: A4 between its margins, in px of 1/96 inch
MOST = {"screen": 1200, "phone": 1100, "paper": 1000}  # px of height
SCALE = {"screen": 0.75, "phone": 1.0, "paper": 1.0}
LANGUAGES = {"screen": ("zh", "en"), "phone": ("zh",), "paper": ("zh",)}
QUALITY = 50


def pictures(page: Page, kind: str, out: Path) -> None:
    """Write one picture for each section and language."""
    page.emulate_media(media="print" if kind == "paper" else "screen")
    page.set_viewport_size({"width": WIDTHS[kind], "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate("document.querySelectorAll('.chooser').forEach(f => f.style.position = 'static')")
    for section in page.locator("section[id]").all():
        name = str(section.get_attribute("id"))
        if not name.startswith(LANGUAGES[kind]):
            continue
        image = Image.open(io.BytesIO(section.screenshot())).convert("RGB")
        shown = image.crop((0, 0, image.width, min(image.height, MOST[kind])))
        shown = shown.resize((round(shown.width * SCALE[kind]), round(shown.height * SCALE[kind])))
        shown.save(out / f"{name}-{kind}.webp", quality=QUALITY, method=6)


def main(source: str, folder: str) -> None:
    """Open the page and picture it three times."""
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(Path(source).resolve().as_uri())
        for kind in WIDTHS:
            pictures(page, kind, out)
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
