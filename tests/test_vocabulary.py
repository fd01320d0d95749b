"""A user's dictionary and stop words: in the index, out of the search, and refused where they are none."""

import hashlib

import jieba
import pytest
from helpers import refused, rows

from qa.store import load
from qa.tokens import Segmenter, views, words
from qa.wordkeys import word_key
from qa.wordlists import entries, listed

NAME = "望潮岛"  # of the harbour page; jieba parts it
PHRASE = "海水淡化站"  # parted wherever it stands
TEXT = "黑脸琵鹭飞到望潮岛越冬。"


def settings(run):
    """What the index says of itself."""
    return rows(run("info", "--json").stdout)[0]["settings"]


def generation(home):
    """The folder of the one generation."""
    (found,) = (home / ".qa").glob("generation-*")
    return found


def test_a_name_is_one_word_with_the_dictionary_alone():
    assert NAME not in words(TEXT, Segmenter("jieba"))
    assert NAME in words(TEXT, Segmenter("jieba", NAME))
    assert NAME not in words(TEXT, Segmenter("jieba"))  # nothing stays behind
    assert NAME not in jieba.lcut(TEXT)


@pytest.mark.parametrize(
    "line", ["望潮島", "望潮岛 3", "望潮岛 nr", " 望潮岛\t3  nr \r"], ids=["fan", "freq", "tag", "blanks"]
)
def test_the_forms_of_an_entry(line):
    assert entries(f"\n{line}\n")[0][0] == NAME
    assert NAME in words(TEXT, Segmenter("jieba", f"{line}\n云计算 5"))


def test_stop_words_are_no_words_and_stay_characters():
    plain, less = views("钟表的零件"), views("钟表的零件", Segmenter(stop_words="的\n電話"))
    assert set(plain["words"]) - set(less["words"]) == {word_key("的")}
    assert less["characters"].tolist() == plain["characters"].tolist()
    assert listed("電話\n，\n") == {"电话", ","}  # folded


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("云计算 5\n云计算 n 5", "line 2 ('云计算 n 5') is no entry"),
        ("云计算 -5", "line 1 ('云计算 -5') is no entry"),
        ("\n\n阿里木·买买提", "line 3: jieba never cuts '阿里木·买买提'"),
        ("-云", "line 1: jieba never cuts"),
        ("云计算 0", "frequency 0"),
        (" \n\t\n", "no word"),
    ],
)
def test_what_is_no_dictionary(text, said):
    with pytest.raises(ValueError) as caught:
        entries(text)
    assert said in str(caught.value)


def test_the_index_answers_with_words_of_its_own(run, corpus):
    home = corpus.parent
    (home / "words.txt").write_text(f"{NAME} 5 nr\n", encoding="utf-8")
    (home / "stop.txt").write_text("的\n了\n", encoding="gb18030")
    built = run("index", "pages", "--dictionary", "words.txt", "--stop-words", "stop.txt")
    assert built.returncode == 0, built.stderr
    found = settings(run)
    assert found["segmenter"] == "jieba"
    assert found["dictionary"] == hashlib.sha256((home / "words.txt").read_bytes()).hexdigest()
    assert found["stop_words"] == hashlib.sha256("的\n了\n".encode()).hexdigest()
    for name in ("words.txt", "stop.txt"):
        (home / name).unlink()
    asked = run("ask", f"{NAME}的淡化站每天可产淡水多少吨?")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "4200吨" in asked.stdout
    assert run("verify").returncode == 0
    assert "jieba with a user dictionary, without stop words" in run("info").stdout


def test_the_words_view_of_the_index_has_the_name_and_no_stop_word(run, corpus):
    home = corpus.parent
    assert run("index", "pages").returncode == 0
    keys = load(home / ".qa").lexical["words"].entries.every().keys
    assert word_key("的") in keys
    assert word_key(PHRASE) not in keys
    (home / "words.txt").write_text(PHRASE, encoding="utf-8")
    (home / "stop.txt").write_text("的", encoding="utf-8")
    assert run("index", "--dictionary", "words.txt", "--stop-words", "stop.txt").returncode == 0  # rebuilt of itself
    keys = load(home / ".qa").lexical["words"].entries.every().keys
    assert word_key("的") not in keys
    assert word_key(PHRASE) in keys


def test_an_update_keeps_the_words_until_they_are_dropped(run, corpus):
    home = corpus.parent
    (home / "words.txt").write_text(NAME, encoding="utf-8")
    assert run("index", "pages", "--dictionary", "words.txt").returncode == 0
    before = settings(run)
    (home / "words.txt").unlink()
    (corpus / "new.txt").write_text("新的一页。\n", encoding="utf-8")
    assert run("ask", "钟表匠是谁?").returncode == 0
    assert run("index", "--rebuild").returncode == 0
    assert settings(run) == before
    assert (generation(home) / "dictionary.txt").read_text(encoding="utf-8") == NAME
    assert "rjieba takes no dictionary" in refused(run("index", "--segmenter", "rjieba"))
    assert run("index", "--dictionary", "none").returncode == 0
    assert settings(run) == before | {"dictionary": None, "segmenter": "rjieba"}
    assert not (generation(home) / "dictionary.txt").exists()


@pytest.mark.parametrize("option", ["--dictionary", "--stop-words"])
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "cannot be opened"),
        (b"", "no word"),
        (b"\x00\x01\x02\x00", "binary"),
        ("云计算\n云 计 算\n".encode(), "line 2"),
        (b"\xe4\xba\x91\xff\xfe\xfd\x80\x81", ""),
    ],
    ids=["missing", "empty", "binary", "line", "damaged"],
)
def test_a_file_of_words_that_is_none_changes_nothing(run, indexed, option, data, said):
    if data is not None:
        (indexed / "mine.txt").write_bytes(data)
    before = generation(indexed)
    message = refused(run("index", option, "mine.txt"))
    assert "mine.txt" in message
    assert said in message
    assert generation(indexed) == before
    assert run("verify").returncode == 0


def test_a_damaged_dictionary_of_an_index_is_given_again(run, corpus):
    home = corpus.parent
    (home / "words.txt").write_text(NAME, encoding="utf-8")
    assert run("index", "pages", "--dictionary", "words.txt").returncode == 0
    copy = generation(home) / "dictionary.txt"
    copy.write_text("钟表匠", encoding="utf-8")
    assert "dictionary.txt differs from its checksum" in refused(run("ask", "钟表匠是谁?"))
    assert run("verify").returncode == 1
    assert "give the file again" in refused(run("index", "--rebuild"))
    assert run("index", "--rebuild", "--dictionary", "words.txt").returncode == 0
    assert run("verify").returncode == 0
