import codecs
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.errors import UnreadableFile
from qa.readers.encodings import SAMPLE, decode

SIMPLIFIED = "本报讯 近日，前总理朱镕基在萧山参加活动。\n“班前十分钟”很受欢迎，职工说：“收获很多！”\n"
TRADITIONAL = "本報訊 近日，行政院長在會議中表示，將持續推動改革。\n市民說：「希望政府聽見我們的聲音！」\n"
HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=60)


def encodable(codec):
    """Sentences in front of any text that the codec can write."""
    known = st.characters(codec=codec, exclude_categories=["Cc", "Cs", "Co", "Cn"])
    return st.text(known | st.sampled_from("\n\t \u3000，。"), max_size=80)


@pytest.mark.parametrize(
    ("codec", "label", "text"),
    [
        pytest.param("utf-8", "utf-8", SIMPLIFIED, id="UTF-8"),
        pytest.param("utf-8-sig", "utf-8", SIMPLIFIED, id="UTF-8 with a byte order mark"),
        pytest.param("utf-16", "utf-16", SIMPLIFIED, id="UTF-16 with a byte order mark"),
        pytest.param("utf-16-le", "utf-16-le", SIMPLIFIED, id="UTF-16 little-endian without mark"),
        pytest.param("utf-16-be", "utf-16-be", SIMPLIFIED, id="UTF-16 big-endian without mark"),
        pytest.param("gbk", "gb18030", SIMPLIFIED, id="GBK with the rare character of a name"),
        pytest.param("gb18030", "gb18030", SIMPLIFIED + "𠮷野", id="GB18030 with a four-byte character"),
        pytest.param("gbk", "gb18030", TRADITIONAL, id="Traditional characters in GBK"),
        pytest.param("cp950", "big5", TRADITIONAL, id="Big5"),
        pytest.param("cp950", "big5", TRADITIONAL + "碁銹裏墻恒粧嫺", id="Big5 with the characters of Windows"),
        pytest.param("big5hkscs", "big5hkscs", TRADITIONAL + "嘅喺咗啲", id="Big5 with Hong Kong characters"),
        pytest.param("ascii", "utf-8", "plain\n", id="ASCII"),
        pytest.param("utf-8", "utf-8", "", id="nothing at all"),
        pytest.param("utf-8", "utf-8", "Привет, мир", id="Cyrillic, all two-byte sequences"),
        pytest.param("utf-8", "utf-8", "café", id="one accented letter"),
    ],
)
def test_reads_the_encoding_and_keeps_every_character(codec, label, text):
    decoded = decode(text.encode(codec))

    assert (decoded.text, decoded.encoding) == (text, label)


@pytest.mark.parametrize("name", ["朱镕基", "朱镕基\n", "陶喆", "李喆和王珺"])
def test_a_short_name_in_gbk_stays_whole(name):
    assert decode(name.encode("gbk")).text == name


def test_gbk_that_happens_to_be_valid_utf_8_is_gbk():
    """目 is C4 BF in GBK, which is also UTF-8 for the Latin letter Ŀ."""
    assert decode("目".encode("gbk")).text == "目"


@pytest.mark.parametrize("codec", ["gb18030", "cp950"])
@pytest.mark.parametrize("text", ["今天天气很好。", "他不在家", "會議中", "明天再去"])
def test_a_few_words_tell_gb18030_from_big5(codec, text):
    encoded = text.replace("气", "氣").encode(codec)

    assert decode(encoded).text == text.replace("气", "氣")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@given(data=st.data())
def test_unicode_encodings_give_back_any_text_after_a_sentence(codec, data):
    text = SIMPLIFIED + data.draw(encodable("utf-8"))

    assert decode(text.encode(codec)).text == text


@given(extra=HAN)
def test_gbk_gives_back_any_han_after_a_sentence(extra):
    text = SIMPLIFIED + extra

    assert decode(text.encode("gbk")).text == text


@given(extra=encodable("big5"))
def test_big5_gives_back_any_text_after_a_sentence(extra):
    encoded = (TRADITIONAL + extra).encode("cp950", "ignore")  # a few signs stand elsewhere in cp950

    assert decode(encoded).text == encoded.decode("cp950")


@given(extra=HAN)
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_mark_gives_back_any_han_after_sentences(codec, extra):
    text = SIMPLIFIED + extra

    assert decode(text.encode(codec)).text == text


@settings(max_examples=300)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_kept_whole_or_refused(data):
    try:
        decoded = decode(data)
    except UnreadableFile:
        return
    codec = {"utf-8": "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8", "big5": "cp950"}
    assert data.decode(codec.get(decoded.encoding, decoded.encoding)) == decoded.text


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(
            SIMPLIFIED.encode() + b"\xff" + SIMPLIFIED.encode(),
            r"damaged UTF-8 text, 1 undecodable place, the first at byte \d+, line 3",
            id="a wrong byte in UTF-8",
        ),
        pytest.param(
            SIMPLIFIED.encode()[:-1] + b"\xe4\xb8",
            r"damaged UTF-8 text, 1 undecodable place, the first at byte \d+, line 2",
            id="UTF-8 cut within a character",
        ),
        pytest.param(
            codecs.BOM_UTF8 + SIMPLIFIED.encode("gbk"), r"damaged UTF-8 text, \d+ undecodable places", id="a false mark"
        ),
        pytest.param(
            SIMPLIFIED.encode("gbk") + b"\xff\xff\n" + SIMPLIFIED.encode("gbk"),
            r"damaged GB18030 text, 2 undecodable places, the first at byte \d+, line 3",
            id="two wrong bytes in GBK",
        ),
        pytest.param(
            TRADITIONAL.encode("cp950") + b"\xff\n" + TRADITIONAL.encode("cp950"),
            r"damaged Big5 text, 1 undecodable place, the first at byte \d+, line 3",
            id="a wrong byte in Big5",
        ),
        pytest.param("中文".encode("utf-16") + b"\x2d", r"damaged UTF-16 text, 1 undecodable place", id="half a unit"),
        pytest.param(
            codecs.BOM_UTF16_LE + b"\x00\xd8" + "中文".encode("utf-16-le"),
            r"damaged UTF-16 text, 1 undecodable place, the first at byte \d",
            id="half a surrogate pair in UTF-16",
        ),
    ],
)
def test_damage_is_refused_with_its_count_and_place(data, says):
    with pytest.raises(UnreadableFile, match="^a.txt: " + says):
        decode(data, "a.txt")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param("本报讯\0记者".encode(), r"binary, not text \(NUL byte at byte 10, line 1\)", id="NUL in UTF-8"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary, not text", id="a picture"),
        pytest.param(b"<p>a\0b</p>", "binary, not text", id="a NUL byte among an even number of bytes"),
        pytest.param("中\0文".encode("utf-16"), r"binary, not text \(NUL character in line 1\)", id="NUL in UTF-16"),
        pytest.param(b"\x01\x02\x03\x04abc", "binary, not text", id="control characters"),
        pytest.param(
            "Été à la forêt".encode("latin-1"), "neither UTF-8 .* nor plausible Chinese", id="French in Latin-1"
        ),
        pytest.param(Random(7).randbytes(4000).replace(b"\0", b"\1"), "neither UTF-8", id="random bytes"),
    ],
)
def test_what_is_not_text_is_refused(data, says):
    with pytest.raises(UnreadableFile, match="^a.txt: " + says):
        decode(data, "a.txt")


def test_a_fault_beyond_the_sample_is_found():
    data = (SIMPLIFIED.encode("gbk") * (SAMPLE // 80)) + b"\xff\n"

    assert len(data) > SAMPLE
    with pytest.raises(UnreadableFile, match="damaged GB18030 text, 1 undecodable place"):
        decode(data)


def test_a_hong_kong_character_beyond_the_sample_is_kept():
    text = TRADITIONAL * (SAMPLE // 80) + "嘅喺咗啲"

    assert len(text.encode("big5hkscs")) > SAMPLE
    assert decode(text.encode("big5hkscs")).text == text


def test_control_characters_among_text_are_kept():
    text = "本报讯\x1b[31m记者\x0c\x0b\n"

    assert decode(text.encode()).text == text
