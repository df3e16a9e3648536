"""Draws the first page of a PDF as a picture: a scan of a passport that came as PDF is kept as pixels and nothing else.

Run as a program of its own (`python -I pdf_page.py FOLDER`), with limits on time and memory, because the PDF is a
stranger's. It imports nothing of the product.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from subprocess import DEVNULL, TimeoutExpired, run
from typing import Any

SECONDS = 20
MEMORY = 1_500_000_000  # bytes of address space
PPI = 200
# Whatever size the page claims to have, it is drawn into one A4 sheet.
PAGE = """#set page(width: 595pt, height: 842pt, margin: 0pt, fill: white)
#image("sent.pdf", format: "pdf", page: 1, width: 100%, height: 100%, fit: "contain")
"""


class Undrawable(Exception):
    """The PDF has no page that could be drawn in the time and memory allowed."""


def first_page(content: bytes) -> bytes:
    """The first page of a PDF as PNG. Raises Undrawable."""
    memory = Path("/dev/shm")  # noqa: S108 — a file in memory: the passport never touches a disk in clear
    with tempfile.TemporaryDirectory(prefix="page-", dir=memory if memory.is_dir() else None) as folder:
        Path(folder, "sent.pdf").write_bytes(content)
        try:
            child = run(  # noqa: S603 — our own interpreter, this very file, a folder just made
                [sys.executable, "-I", __file__, folder],
                stdin=DEVNULL,
                capture_output=True,
                timeout=SECONDS,
                check=False,
            )
        except TimeoutExpired as error:
            raise Undrawable("took too long") from error
        drawn = Path(folder, "page.png")
        if child.returncode != 0 or not drawn.is_file():
            raise Undrawable(f"the drawing program ended with {child.returncode}")
        return drawn.read_bytes()


def _draw(folder: str) -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    import typst

    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False)
    compiler = typst.Compiler(root=folder, font_paths=fonts)
    drawn: Any = compiler.compile(input=PAGE.encode(), format="png", ppi=PPI)
    Path(folder, "page.png").write_bytes(drawn)


if __name__ == "__main__":
    _draw(sys.argv[1])
