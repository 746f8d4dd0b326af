"""Sets report.typ of a folder as report.pdf, or picture.typ as picture.png. A program of its own, started with `-I`."""

import sys

import typst

TWICE = 144.0
"""Dots an inch at which a point, which stands for a pixel of the screen, is two dots."""


def main(folder: str, name: str, *fonts: str) -> None:
    """`name` is what is to be made; `fonts` are the folders of all fonts: a page looks the same on every machine."""
    stem, _, ending = name.rpartition(".")
    options = {"pdf_standards": "ua-1"} if ending == "pdf" else {"format": "png", "ppi": TWICE}
    typst.compile(
        f"{folder}/{stem}.typ",
        output=f"{folder}/{name}",
        root=folder,
        font_paths=list(fonts),
        ignore_system_fonts=True,
        **options,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
