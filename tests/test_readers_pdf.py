import pytest
from pdf_maker import Print, make_pdf

from qa.errors import UnreadableFile
from qa.readers import pdf


@pytest.fixture
def read(tmp_path):
    def reader(data):
        path = tmp_path / "a.pdf"
        path.write_bytes(data)
        return pdf.read(path, "a.pdf")

    return reader


def column(*rows, x=50, y=700, size=12):
    """Lines of one column, set solid; a leading full-width blank indents by two characters."""
    return [
        Print(row.lstrip("　"), x + (2 * size if row.startswith("　") else 0), y - i * 16, size)
        for i, row in enumerate(rows)
    ]


def paragraphs(source):
    return [(p.lines, p.text) for p in source.documents[0].articles[0].paragraphs]


def test_pages_are_the_units_and_cite_the_text(read):
    source = read(make_pdf([column("第一页的文字。"), [], column("第三页，朱镕基与𠮷野。")]))

    assert source.units == ("第一页的文字。", "", "第三页，朱镕基与𠮷野。")
    assert (source.unit, source.path, source.documents[0].id) == ("page", "a.pdf", "a.pdf")
    assert paragraphs(source) == [((1, 1), "第一页的文字。"), ((3, 3), "第三页，朱镕基与𠮷野。")]


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [("UniGB-UCS2-H", "utf-16-be"), ("GBK-EUC-H", "gbk"), ("GBK2K-H", "gb18030"), ("UniGB-UTF16-H", "utf-16-be")],
)
def test_chinese_fonts_without_a_table_of_their_own_are_read(read, encoding, codec):
    text = "近日，朱镕基在“班前十分钟”活动中讲话。"

    assert read(make_pdf([column(text)], encoding, codec)).units == (text,)


def test_characters_numbered_by_the_collection_are_read(read):
    """Adobe-GB1 numbers 中 4559 and 化 1988; the file says no more than that."""
    assert read(make_pdf([column("\u11cf\u07c4")], "Identity-H")).units == ("中化",)


def test_broken_lines_close_up_and_indents_part_paragraphs(read):
    source = read(
        make_pdf(
            [
                column(
                    "　本报讯近日在浙江兆丰机电公司的车间",
                    "里二十余名技术工人齐聚一堂学习先进的经",
                    "验。",
                    "　带头人胡狄明用十分钟做了一场微宣讲",
                    "大家说收获很多。",
                )
            ]
        )
    )

    assert [text for _, text in paragraphs(source)] == [
        "本报讯近日在浙江兆丰机电公司的车间里二十余名技术工人齐聚一堂学习先进的经验。",
        "带头人胡狄明用十分钟做了一场微宣讲大家说收获很多。",
    ]
    assert source.units[0].count("\n") == 4


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            [*column("班前十分钟", size=20), *column("本报讯近日在浙江", y=670)],
            ["班前十分钟", "本报讯近日在浙江"],
            id="a larger headline",
        ),
        pytest.param(
            [*column("一二三四五六七八", "九十甲乙丙丁戊己"), *column("庚辛壬癸子丑寅卯", y=640)],
            ["一二三四五六七八九十甲乙丙丁戊己", "庚辛壬癸子丑寅卯"],
            id="a gap",
        ),
        pytest.param(
            [*column("一二三四五六七八", "九十甲乙丙丁戊己"), *column("庚辛壬癸子丑。", x=300)],
            ["一二三四五六七八九十甲乙丙丁戊己庚辛壬癸子丑。"],
            id="a sentence that goes on in the next column",
        ),
        pytest.param(
            [*column("一二三四五六七八", "九十甲乙丙丁戊。"), *column("庚辛壬癸子丑。", x=300)],
            ["一二三四五六七八九十甲乙丙丁戊。", "庚辛壬癸子丑。"],
            id="a column that begins anew",
        ),
    ],
)
def test_layout_parts_and_joins(read, lines, expected):
    assert [text for _, text in paragraphs(read(make_pdf([lines])))] == expected


def test_paragraphs_are_the_page_but_for_blanks(read):
    source = read(make_pdf([column("　One two", "three 四五", "六七。", "", "Eight-", "nine")]))

    assert "".join("".join(p.split()) for _, p in paragraphs(source)) == "".join(source.units[0].split())


WHOLE = make_pdf([column("第一页的文字。")])


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(make_pdf([[], []]), r"a PDF without text, perhaps scanned pictures; .*\(OCR\)", id="no text"),
        pytest.param(make_pdf([column("秘密")], locked=True), "protected by a password", id="a password"),
        pytest.param(b"", "corrupt or not a PDF", id="an empty file"),
        pytest.param("本报讯".encode(), "corrupt or not a PDF", id="text with the suffix of a PDF"),
        pytest.param(WHOLE[:200], "corrupt or not a PDF", id="a file cut short"),
        pytest.param(b"%PDF-1.4 \xff\xff junk", "corrupt or not a PDF", id="a header and nothing"),
        pytest.param(
            make_pdf([column("\ue001\ue002\ue003")]), "fonts do not say which characters", id="private characters only"
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(read, data, says):
    with pytest.raises(UnreadableFile, match="^a.pdf: .*" + says):
        read(data)


@pytest.mark.parametrize("cut", range(100, len(WHOLE), 150))
def test_a_pdf_cut_anywhere_is_read_or_refused(read, cut):
    try:
        assert read(WHOLE[:cut]).units == ("第一页的文字。",)
    except UnreadableFile as error:
        assert str(error).startswith("a.pdf: ")
