"""The conversation itself, handed something that answers."""

import json
from dataclasses import replace

import pytest
from makers import answer, citation

from qa import filters, formats
from qa.chat import KEPT, Chat, one_line
from qa.types import Turn


class Echo:
    """Answers with what it was asked, from as many citations as wanted, of seven in all."""

    def __init__(self):
        self.asked = []

    def __call__(self, question, history, top, where, explain):
        self.asked.append((question, history, top, where, explain))
        cited = (citation(n, lines=(n, n), text=f"第{n}段") for n in range(1, min(top, 7) + 1))
        return answer(*cited, question=question, answer=f"答{question}", standalone=question)


@pytest.fixture
def echo():
    return Echo()


@pytest.fixture
def chat(echo):
    return Chat(
        ask=echo,
        render=lambda found: found.answer,
        cite=lambda found, first: " ".join(str(c.rank) for c in found.citations[first - 1 :]),
        show=lambda cited: f"source {cited.path}:{cited.lines[0]}-{cited.lines[1]}",
        explain=lambda found: f"explained {found.question}",
        check=filters.parse,
        may_save=lambda path: None,
        saved=lambda path: None,
        top=3,
    )


def test_each_question_is_asked_after_the_turns_before_it(chat, echo):
    assert [chat.reply("甲?"), chat.reply("乙?")] == ["答甲?", "答乙?"]
    assert [asked[:2] for asked in echo.asked] == [("甲?", ()), ("乙?", (Turn("甲?", "答甲?"),))]


def test_no_more_turns_are_kept_than_a_follow_up_looks_back_on(chat, echo):
    for number in range(KEPT + 3):
        chat.reply(f"{number}?")
    assert [turn.question for turn in echo.asked[-1][1]] == [f"{n}?" for n in range(2, KEPT + 2)]


def test_more_goes_on_until_there_are_no_more_and_can_be_shown(chat):
    chat.reply("甲?")
    assert [chat.reply("/more") for _ in range(3)] == ["4 5 6", "7", "there are no more"]
    assert chat.reply("/show 7") == "source page.txt:7-7"
    assert chat.reply("/show 8") == "! /show N: give a citation's number from 1 to 7"


def test_more_knows_a_passage_whose_lines_are_others_by_now(chat, echo):
    chat.reply("甲?")
    first = chat.answers[-1]
    moved = tuple(replace(c, lines=(c.lines[0] + 40, c.lines[1] + 40)) for c in first.citations)
    chat.answers[-1] = replace(first, citations=moved)
    assert chat.reply("/more") == "4 5 6"
    assert [c.text for c in chat.answers[-1].citations] == [f"第{n}段" for n in range(1, 7)]


def test_more_asks_after_the_same_turns(chat, echo):
    chat.reply("甲?")
    chat.reply("乙?")
    chat.reply("/more")
    assert echo.asked[-1][:3] == ("乙?", (Turn("甲?", "答甲?"),), 6)
    assert len(chat.history) == 2


def test_where_limits_the_questions_after_it(chat, echo):
    assert (
        chat.reply("/where byline=甲 乙 headline=工会")
        == "answers come from documents with byline=甲 乙, headline=工会"
    )
    chat.reply("甲?")
    assert chat.reply("/where 甲").startswith("! filter '甲': give FIELD=VALUE")
    assert chat.reply("/where off") == "answers come from documents with anything in them"
    chat.reply("乙?")
    assert [asked[3] for asked in echo.asked] == [("byline=甲 乙", "headline=工会"), ()]


def test_explain_asks_for_it(chat, echo):
    assert chat.reply("/explain") == "! there is no answer to explain: ask a question first"
    chat.reply("甲?")
    assert chat.reply("/explain") == "explained 甲?"
    assert echo.asked[-1] == ("甲?", (), 3, (), True)


def test_forgetting_begins_anew(chat, echo):
    chat.reply("甲?")
    assert chat.reply("/forget") == "forgotten"
    chat.reply("乙?")
    assert echo.asked[-1][1] == ()
    assert chat.reply("/forget") == "forgotten"
    assert chat.reply("/show 1").startswith("! there is no answer")


def test_a_conversation_is_saved_in_two_forms_and_nothing_is_overwritten_unsaid(chat, tmp_path):
    lines, page = tmp_path / "a b.jsonl", tmp_path / "talk.md"
    assert chat.reply(f"/save {page}") == "! there is nothing to save: ask a question first"
    chat.reply("甲?")
    chat.reply("乙?")
    assert chat.reply(f"/save {lines}") == f"saved 2 answers in {lines}"
    saved = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert [(s["id"], s["question"], len(s["citations"])) for s in saved] == [("1", "甲?", 3), ("2", "乙?", 3)]
    page.write_text("mine", encoding="utf-8")
    assert "is there already" in chat.reply(f"/save {page}")
    assert page.read_text(encoding="utf-8") == "mine"
    assert chat.reply(f"/save! {page}") == f"saved 2 answers in {page}"
    assert page.read_text(encoding="utf-8").count("\n## ") == 2
    assert formats.markdown(chat.answers[0]) in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "name a file"),
        ("talk.doc", "no form goes by .doc"),
        ("no/such/talk.md", "cannot be written"),
        ("a\0.md", "null"),
    ],
    ids=["nothing", "suffix", "folder", "NUL"],
)
def test_a_file_that_cannot_be_saved(chat, name, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    chat.reply("甲?")
    assert said in chat.reply(f"/save {name}")
    assert list(tmp_path.iterdir()) == []


def test_what_a_user_pastes_cannot_steer_the_terminal(chat):
    assert "\x1b" not in chat.reply("/dance\x1b[2J")
    assert "\x1b" not in chat.reply("/save /nowhere/\x1b[2J.md")


def test_ctrl_c_stops_the_answer_where_someone_sits_at_the_terminal(chat):
    def interrupted(*_):
        raise KeyboardInterrupt

    chat.ask = interrupted
    with pytest.raises(KeyboardInterrupt):
        chat.reply("甲?")
    chat.patient = True
    assert chat.reply("甲?") == "! stopped"


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("谁给泰顺的\r\n职工授课?", "谁给泰顺的职工授课?"),
        ("who\nis it", "who is it"),
        ("工会 \n\n ABC", "工会 ABC"),
        (" \n ", ""),
    ],
)
def test_a_paste_of_several_lines_is_one(pasted, expected):
    assert one_line(pasted) == expected
