"""Sets report.typ of a folder as report.pdf. A program of its own, started with `-I`."""

import sys

import typst


def main(folder: str, *fonts: str) -> None:
    """`fonts` are folders, besides those of the system."""
    typst.compile(
        f"{folder}/report.typ",
        output=f"{folder}/report.pdf",
        root=folder,
        font_paths=list(fonts),
        pdf_standards="ua-1",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
