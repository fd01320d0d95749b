"""Follow-up questions, and the conversation that holds them."""

import pytest
from makers import answer, citation

from qa.chat import KEPT, Chat
from qa.conversation import standalone
from qa.errors import InputError
from qa.types import Turn

LAST = Turn("青岚市的海水淡化站是谁投资建设的?", "青岚水务集团。")
WHOLE = "北关街道为钟表匠贺九龄开设的工作室面积有多大?"


@pytest.mark.parametrize("question", [WHOLE, "他是谁?", "那里呢?"])
def test_without_a_conversation_a_question_stands_as_it_is(question):
    assert standalone(question, []) == question


@pytest.mark.parametrize("question", ["它每天产多少水?", "那是什么时候的事?", "为什么?", "花了多少钱呢?"])
def test_what_leans_takes_the_last_question_with_it(question):
    found = standalone(question, [Turn("很久以前的问题?"), LAST])
    assert question in found
    assert "海水淡化站" in found
    assert "很久以前" not in found


def test_what_stands_by_itself_takes_nothing():
    assert standalone(WHOLE, [LAST]) == WHOLE


def chat(top=5):
    """A conversation whose answers say what they were asked, with which history and how many."""
    log = []

    def ask(question, history, top):
        if question == "bad":
            raise InputError("bad question: ask another")
        log.append((question, history, top))
        return answer(
            citation(path="a.txt", lines=(2, 4)), citation(2, path="b.txt", lines=(7, 7)), answer=f"zu {question}"
        )

    return Chat(ask, lambda found: f"<{found.answer}>", lambda place: f"[{place}]", top), log


def test_a_transcript_line_by_line():
    talk, log = chat()
    lines = [
        "eins\n",
        "   \n",
        "/show 2\n",
        "/show\n",
        "bad\n",
        "/top 3\n",
        "zwei\n",
        "/forget\n",
        "drei\n",
        "/quit\n",
        "vier\n",
    ]
    assert list(talk.run(lines)) == [
        "<zu eins>",
        "[b.txt:7-7]",
        "[a.txt:2-4]",
        "! bad question: ask another",
        "answers list 3 citations",
        "<zu zwei>",
        "forgotten",
        "<zu drei>",
    ]
    assert log == [("eins", (), 5), ("zwei", (Turn("eins", "zu eins"),), 3), ("drei", (), 3)]


@pytest.mark.parametrize(
    "line", ["/show 0", "/show 3", "/show x", "/show -1", "/show ²", "/top", "/top 0", "/top 1001", "/nothing"]
)
def test_commands_that_cannot_be_followed_say_so_in_one_line(line):
    talk, _ = chat()
    talk.reply("eins")
    said = talk.reply(line)
    assert said.startswith("! ")
    assert "\n" not in said
    assert talk.top == 5


def test_nothing_can_be_shown_before_the_first_answer():
    assert chat()[0].reply("/show 1").startswith("! there is no answer")


def test_the_history_does_not_grow_without_end():
    talk, log = chat()
    for number in range(KEPT + 5):
        talk.reply(f"Frage {number}")
    assert len(log[-1][1]) == KEPT
    assert log[-1][1][-1].question == f"Frage {KEPT + 3}"
