"""Real files and a real index: a small corpus of invented pages, and the index of the seeds."""

import json
import os
import shutil

import pytest
from helpers import ASKED, SEEDS, qa, write_bert

HARBOUR = """\
望潮岛用上风力淡化水

本报讯 记者沈听澜报道 3月18日,青岚市第一座由风力驱动的海水淡化站在望潮岛投入使用。淡化站每天可产淡水4200吨,能满足岛上1.6万名居民的用水。

“以前每逢旱季,我们要用船从陆上运水。”望潮岛居民石望秋说,“现在拧开水龙头就有水。”

据了解,淡化站总投资2.3亿元,建设历时27个月,由青岚水务集团运营。

盲文图书角开进社区

本报讯 记者顾南枝 通讯员白露报道 日前,青岚市槐荫社区开设了盲文图书角,首批上架盲文书籍860册。

图书角每周三和周六下午开放,由12名志愿者轮流值守。社区负责人钟以宁介绍,读者还可以预约电话读书服务。
"""

WORKSHOP = """\
老钟表匠带出十八名徒弟

本报讯 记者沈听澜报道 今年71岁的钟表匠贺九龄,在青岚市北关街修了53年钟表,先后带出18名徒弟。

“手要稳,心要静。”贺九龄说,“一只怀表有一百多个零件,装错一个就不走。”

去年,北关街道为他开设了钟表修理工作室,工作室面积60平方米,每月举办两次公开课。
"""

NOTES = """\
# 海岛观鸟手记

## 黑脸琵鹭

黑脸琵鹭每年十月飞到望潮岛越冬,今年记录到147只。

## 观察站

观察站设在岛的北端,由渔民改建的瞭望塔改造而成。
"""


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """No test reads or writes the cache of the user who runs it."""
    before = os.environ.get("QA_CACHE")
    os.environ["QA_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    yield
    del os.environ["QA_CACHE"]
    if before is not None:
        os.environ["QA_CACHE"] = before


@pytest.fixture(scope="session")
def bert(tmp_path_factory):
    """The folder of a small transformer of random weights; for reading only."""
    return write_bert(tmp_path_factory.mktemp("bert") / "model")


def write_pages(folder):
    """Write the corpus as `pages` in the folder."""
    pages = folder / "pages"
    pages.mkdir()
    for name, text in (("harbour.txt", HARBOUR), ("workshop.txt", WORKSHOP), ("notes.md", NOTES)):
        (pages / name).write_text(text, encoding="utf-8")
    return pages


@pytest.fixture
def corpus(tmp_path):
    """A folder `pages` with two newspaper pages and a Markdown file; the current folder of `run`."""
    return write_pages(tmp_path)


@pytest.fixture
def run(tmp_path):
    """`run("ask", "…")`: a command as a real process, in a temporary folder."""

    def running(*args, **options):
        return qa(*args, **{"cwd": tmp_path} | options)

    return running


@pytest.fixture(scope="session")
def seeds_home(tmp_path_factory):
    """A folder with a copy of the seeds and their index in `.qa`; for reading only."""
    home = tmp_path_factory.mktemp("seeds-home")
    shutil.copytree(SEEDS, home / "seeds")
    built = qa("index", cwd=home)
    assert built.returncode == 0, built.stderr
    return home


@pytest.fixture
def on_seeds(seeds_home):
    """`on_seeds("ask", "…")`: a command as a real process where the seeds are indexed."""

    def running(*args, **options):
        return qa(*args, **{"cwd": seeds_home} | options)

    return running


@pytest.fixture(scope="session")
def pages_home(tmp_path_factory):
    """A folder with the small corpus and its index in `.qa`; for copying only."""
    home = tmp_path_factory.mktemp("pages-home")
    write_pages(home)
    built = qa("index", "pages", cwd=home)
    assert built.returncode == 0, built.stderr
    return home


@pytest.fixture
def indexed(pages_home, tmp_path):
    """The small corpus with its index in `.qa`, to be changed at will; gives the folder that holds both."""
    for name in ("pages", ".qa"):
        shutil.copytree(pages_home / name, tmp_path / name)  # the times of files go with them
    return tmp_path


@pytest.fixture
def questions(tmp_path):
    """Three questions as JSON lines."""
    path = tmp_path / "questions.jsonl"
    lines = [json.dumps({"id": f"n{i}", "question": q}, ensure_ascii=False) for i, q in enumerate(ASKED)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path
