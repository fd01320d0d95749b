"""Small PDFs written by hand, with a Chinese font that is named but not embedded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Print:
    """One printed line: its text, and where its baseline begins (points from the lower left)."""

    text: str
    x: int = 50
    y: int = 700
    size: int = 12


def make_pdf(
    pages: Sequence[Sequence[Print]],
    encoding: str = "UniGB-UTF16-H",
    codec: str = "utf-16-be",
    *,
    locked: bool = False,
) -> bytes:
    """A PDF of these pages; `encoding` is one of the character maps that PDF predefines.

    A locked one asks for a password that nobody knows: its check value is made up.
    """
    font = 3 + 2 * len(pages)
    kids = " ".join(f"{3 + 2 * i} 0 R" for i in range(len(pages)))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>"]
    for i, lines in enumerate(pages):
        show = " ".join(f"BT /F1 {p.size} Tf {p.x} {p.y} Td <{p.text.encode(codec).hex()}> Tj ET" for p in lines)
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {4 + 2 * i} 0 R"
            f"/Resources<</Font<</F1 {font} 0 R>>>>>>",
            f"<</Length {len(show)}>>stream\n{show}\nendstream",
        ]
    objects += [
        f"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/{encoding}/DescendantFonts[{font + 1} 0 R]>>",
        "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/DW 1000"
        f"/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/FontDescriptor {font + 2} 0 R>>",
        "<</Type/FontDescriptor/FontName/STSong-Light/Flags 4/FontBBox[0 -200 1000 900]"
        "/ItalicAngle 0/Ascent 880/Descent -120/CapHeight 700/StemV 80>>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj{content}endobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    check = "ab" * 32
    lock = f"/ID[<{check}><{check}>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{check}>/U<{check}>>>" if locked else ""
    out += f"xref\n0 {size}\n0000000000 65535 f \n{table}".encode()
    start = places[-1] + len(f"{len(objects)} 0 obj{objects[-1]}endobj\n".encode())
    return bytes(out) + f"trailer<</Size {size}/Root 1 0 R{lock}>>\nstartxref\n{start}\n%%EOF".encode()
