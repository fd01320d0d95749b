"""A clause that is asked for by its number is the one that begins with it, and one that is not there is not answered."""

import pytest

import qa
from qa import service
from qa.numerals import clauses
from qa.tokens import flat_views, placed
from qa.wordkeys import clause_key

RULES = """柳荫里社区停车管理办法

第一条 为规范停车秩序，制定本办法。
第二条 本办法适用于社区内的所有机动车。
第三条 登记时须提交下列材料：
（一）房屋产权证；
（二）车辆行驶证。
第四条 临时车辆每小时收费3元。
第五条 未按本办法第三条登记的车辆，按第四条的规定收费；违反第三条规定三次的，不得登记。
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    home = tmp_path_factory.mktemp("rules")
    (home / "rules.txt").write_text(RULES, encoding="utf-8")
    service.index([str(home / "rules.txt")], home / ".qa")
    return qa.open(home / ".qa")


@pytest.mark.parametrize(
    ("question", "begins"),
    [
        ("停车办法第三条怎么规定?", "第三条"),
        ("第3条是什么", "第三条"),
        ("第四条的规定是什么?", "第四条"),
        ("第５条说什么", "第五条"),
    ],
)
def test_the_clause_that_begins_with_the_number_comes_first(library, question, begins):
    assert library.ask(question).citations[0].text.startswith(begins)


def test_a_clause_that_there_is_not_is_not_answered(library):
    found = library.ask("停车管理办法第十五条怎么规定?")
    assert not found.answered


def test_a_text_has_the_key_of_the_clause_that_it_begins_and_a_question_of_those_it_names():
    key = clause_key("3条")
    keys, counts = flat_views(["办法\n第三条 须登记", "第五条 违反第三条的", "第三 条"])["words"]
    assert [int((keys[sum(counts[:n]) : sum(counts[: n + 1])] == key).sum()) for n in range(3)] == [1, 0, 0]
    assert key in placed("第3条说什么", asked=True)["words"][0]
    assert key not in placed("违反第3条的")["words"][0]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("第三条", {"3条"}),
        ("第12条和第十二章", {"12条", "12章"}),
        ("第1三条", set()),
        ("三条", set()),
        ("第三届", set()),
    ],
)
def test_clauses_in_one_form(text, named):
    assert clauses(text) == named
