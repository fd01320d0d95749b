"""tantivy, a full-text engine in Rust, given jieba's words."""

from __future__ import annotations

from pathlib import Path

import jieba
import protocol
import tantivy

jieba.setLogLevel(60)


def schema() -> tantivy.Schema:
    """A number and the words, cut at blanks."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", stored=True)
    builder.add_text_field("words", tokenizer_name="whitespace")
    return builder.build()


def words(text: str) -> list[str]:
    """jieba's words without punctuation."""
    return [word for word in jieba.lcut(text.lower()) if word[0].isalnum()]


def build(passages: list[protocol.Passage], folder: Path, model: str) -> None:
    """Write all, then merge."""
    (folder / "tantivy").mkdir(exist_ok=True)
    writer = tantivy.Index(schema(), path=str(folder / "tantivy")).writer()
    for number, passage in enumerate(passages):
        writer.add_document(tantivy.Document(number=number, words=" ".join(words(protocol.whole(passage)))))
    writer.commit()
    writer.wait_merging_threads()


def open_(folder: Path, model: str) -> protocol.Search:
    """Any of the question's words."""
    form = schema()
    searcher = tantivy.Index.open(str(folder / "tantivy")).searcher()

    def search(question: str, k: int) -> list[int]:
        terms = [(tantivy.Occur.Should, tantivy.Query.term_query(form, "words", w)) for w in words(question)]
        hits = searcher.search(tantivy.Query.boolean_query(terms), k).hits
        return [int(searcher.doc(address)["number"][0]) for _, address in hits]

    return search


if __name__ == "__main__":
    protocol.run(build, open_)
