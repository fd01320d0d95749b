import io
import zipfile
from random import Random

import pytest
from docx import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from qa.errors import UnreadableFile
from qa.readers import docx


@pytest.fixture
def read(tmp_path):
    def reader(data):
        path = tmp_path / "a.docx"
        path.write_bytes(data)
        return docx.read(path, "a.docx")

    return reader


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def word(*paragraphs):
    document = WordDocument()
    for text in paragraphs:
        document.add_paragraph(text)
    return document


def outline(source):
    return [(a.headline, a.headline_lines, [p.text for p in a.paragraphs]) for a in source.documents[0].articles]


def test_headings_make_articles_and_a_row_of_a_table_is_a_paragraph(read):
    document = word("前言，朱镕基。")
    document.add_heading("第一章", 1)
    document.add_paragraph("第一段。\n同一段的第二行。")
    document.add_paragraph("")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "单位", "兆丰机电"
    document.add_heading("第二章", 2)
    document.add_paragraph("第二段。")

    source = read(saved(document))

    assert (source.unit, source.path, source.encoding) == ("paragraph", "a.docx", None)
    assert outline(source) == [
        (None, None, ["前言，朱镕基。"]),
        ("第一章", (2, 2), ["第一段。同一段的第二行。", "单位 | 兆丰机电"]),
        ("第二章", (5, 5), ["第二段。"]),
    ]
    assert source.units[4] == "第二章"


def test_merged_cells_count_once(read):
    document = WordDocument()
    table = document.add_table(2, 2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "合并"
    table.cell(1, 0).text = "单独"

    assert read(saved(document)).units == ("合并", "单独")


def test_a_heading_is_known_by_its_outline_level_and_by_its_chinese_name(read):
    document = word("按级别", "正文。", "按名字", "正文。")
    level = parse_xml(f'<w:pPr {nsdecls("w")}><w:outlineLvl w:val="0"/></w:pPr>')
    document.paragraphs[0]._p.insert(0, level)
    style = document.styles.add_style("标题 一", 1)
    document.paragraphs[2].style = style

    assert [headline for headline, _, _ in outline(read(saved(document)))] == ["按级别", "按名字"]


def test_links_insertions_and_controls_are_read_and_deletions_are_not(read):
    document = word("甲")
    document.paragraphs[0]._p.extend(
        parse_xml(f"<w:{tag} {nsdecls('w')}>{content}</w:{tag}>")
        for tag, content in (
            ("hyperlink", "<w:r><w:t>乙</w:t></w:r>"),
            ("ins", "<w:r><w:t>丙</w:t></w:r>"),
            ("del", "<w:r><w:delText>丁</w:delText></w:r>"),
        )
    )
    control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>控件里的字</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(1, parse_xml(control))

    assert read(saved(document)).units == ("甲乙丙", "控件里的字")


def repacked(data, change):
    """The archive with every part's bytes passed through `change(name, bytes)`; None leaves it out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = change(entry.filename, old.read(entry))
            if content is not None:
                new.writestr(entry.filename, content)
    return stream.getvalue()


def only(part, content):
    return lambda name, old: content if name == part else old


WHOLE = saved(word("正文在这里。"))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "corrupt or not a Word document", id="an empty file"),
        pytest.param("本报讯".encode(), "corrupt or not a Word document", id="text with the suffix of Word"),
        pytest.param(WHOLE[:1000], "corrupt or not a Word document", id="a file cut short"),
        pytest.param(
            repacked(WHOLE, only("word/document.xml", b"<w:document")),
            "corrupt or not a Word document",
            id="broken XML",
        ),
        pytest.param(
            repacked(WHOLE, only("word/document.xml", None)), "corrupt or not a Word document", id="no main part"
        ),
        pytest.param(
            repacked(WHOLE, only("[Content_Types].xml", b"<Types/>")), "corrupt or not a Word document", id="no types"
        ),
        pytest.param(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "protected by a password", id="a password"),
        pytest.param(saved(word("", " ")), "holds no text", id="empty paragraphs"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(read, data, says):
    with pytest.raises(UnreadableFile, match="^a.docx: " + says):
        read(data)


def test_an_archive_that_unpacks_to_too_much_is_refused_unpacked(read, monkeypatch):
    monkeypatch.setattr(docx, "EXPANDED_LIMIT", 1_000_000)
    bomb = repacked(WHOLE, only("word/document.xml", b" " * 2_000_000))

    assert len(bomb) < 100_000
    with pytest.raises(
        UnreadableFile, match=r"^a.docx: unpacks to 2,\d{3},\d{3} bytes, more than the limit of 1,000,000"
    ):
        read(bomb)


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_document_is_read_or_refused(read, seed):
    random = Random(seed)
    data = bytearray(WHOLE)
    for _ in range(random.randint(1, 30)):
        data[random.randrange(len(data))] = random.randrange(256)

    try:
        assert read(bytes(data)).unit == "paragraph"
    except UnreadableFile as error:
        assert str(error).startswith("a.docx: ")


def test_a_row_of_long_cells_only_places_text(read):
    document = WordDocument()
    table = document.add_table(1, 2)
    left, right = "左栏的第一段。" * 12, "右栏。"
    table.cell(0, 0).text, table.cell(0, 1).text = left, right
    assert read(saved(document)).units == (left, right)
