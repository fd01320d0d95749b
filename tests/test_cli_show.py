"""`qa show` and `qa articles`: the source of a citation, and the articles of a page."""

from helpers import FACT, SEEDS, rows

PAGE = "seeds/000_21d3065e0a1cb431.txt"


def test_the_cited_lines_are_marked_in_their_article(run, indexed):
    result = run("show", "pages/harbour.txt:5")
    assert result.returncode == 0
    assert result.stdout.splitlines() == [
        "望潮岛用上风力淡化水",
        "  1  望潮岛用上风力淡化水",
        "  3  本报讯 记者沈听澜报道 3月18日,青岚市第一座由风力驱动的海水淡化站在望潮岛投入使用。"
        "淡化站每天可产淡水4200吨,能满足岛上1.6万名居民的用水。",
        "> 5  “以前每逢旱季,我们要用船从陆上运水。”望潮岛居民石望秋说,“现在拧开水龙头就有水。”",
        "  7  据了解,淡化站总投资2.3亿元,建设历时27个月,由青岚水务集团运营。",
    ]


def test_show_for_scripts(run, indexed):
    (found,) = rows(run("show", "pages/harbour.txt:5-7", "--json").stdout)
    assert list(found) == ["path", "unit", "headline", "shown", "cited"]
    assert found["cited"] == [5, 7]
    assert [number for number, _ in found["shown"]] == [1, 3, 5, 7]
    assert found["unit"] == "line"


def test_every_citation_of_an_answer_can_be_shown(on_seeds):
    (answer,) = rows(on_seeds("ask", FACT, "--json").stdout)
    for c in answer["citations"]:
        shown = on_seeds("show", f"{c['path']}:{c['lines'][0]}-{c['lines'][1]}").stdout
        marked = "".join(line.partition("  ")[2] for line in shown.splitlines() if line.startswith("> "))
        assert "".join(c["quote"].split()) in "".join(marked.split())


def test_a_citation_is_found_from_another_folder_by_its_index(on_seeds, seeds_home, tmp_path):
    here = on_seeds("show", f"{PAGE}:23")
    assert here.returncode == 0
    assert on_seeds("show", f"{PAGE}:23", "--index", seeds_home / ".qa", cwd=tmp_path).stdout == here.stdout


def test_show_needs_no_index(run, corpus):
    assert "贺九龄" in run("show", "pages/workshop.txt:5").stdout


def test_articles_has_the_fields_of_the_contract_and_no_others(run):
    (page,) = rows(run("articles", SEEDS / "000_21d3065e0a1cb431.txt", "--json").stdout)
    assert list(page) == ["path", "articles"]
    fields = ["headline", "kickers", "subheads", "byline", "reporters", "kind", "headline_lines", "paragraphs"]
    assert {tuple(a) for a in page["articles"]} == {tuple(fields)}
    for article in page["articles"]:
        assert article["kind"] in ("news", "photo", "section", "fragment")
        assert {tuple(p) for p in article["paragraphs"]} <= {("lines", "text")}
        assert article["headline_lines"] is None or article["headline_lines"][0] <= article["headline_lines"][1]


def test_every_line_stands_in_exactly_one_article(run, seeds_home):
    pages = rows(run("articles", "seeds", "--json", cwd=seeds_home).stdout)
    assert [p["path"] for p in pages] == [f"seeds/{p.name}" for p in sorted(SEEDS.iterdir())]
    for page in pages:
        lines = (seeds_home / page["path"]).read_text(encoding="utf-8").split("\n")
        owners = {n: set() for n, line in enumerate(lines, start=1) if line.strip()}
        for number, article in enumerate(page["articles"]):
            head = [article["headline_lines"]] if article["headline_lines"] else []
            for first, last in [*(p["lines"] for p in article["paragraphs"]), *head]:
                _claim(owners, range(first, last + 1), number, lines, article)
            _claim(owners, [n for n, _ in article["subheads"]], number, lines, article)
        assert {n: who for n, who in owners.items() if len(who) != 1} == {}


def _claim(owners, numbers, number, lines, article):
    """A paragraph may span lines of another article that the page put between its own."""
    said = "".join("".join(p["text"].split()) for p in article["paragraphs"])
    said += "".join([article["headline"] or "", *article["kickers"], *(text for _, text in article["subheads"])])
    said = "".join(said.split())
    for n in numbers:
        if n in owners and "".join(lines[n - 1].split()) in said:
            owners[n].add(number)


def test_articles_for_people(run, corpus):
    shown = run("articles", "pages/harbour.txt").stdout
    assert "望潮岛用上风力淡化水" in shown
    assert "盲文图书角开进社区" in shown
    assert "本报讯 记者顾南枝 通讯员白露报道" in shown


def test_a_page_that_cannot_be_read_is_named_and_the_others_printed(run, corpus):
    (corpus / "broken.docx").write_bytes(b"PK no archive")
    result = run("articles", "pages", "--json")
    assert result.returncode == 0
    assert [p["path"] for p in rows(result.stdout)] == ["pages/harbour.txt", "pages/notes.md", "pages/workshop.txt"]
    assert result.stderr.startswith("qa: skipped pages/broken.docx: ")
