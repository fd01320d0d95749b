"""Milvus Lite: its own BM25 over jieba's words and the shipped model's vectors, the two ranks joined as it joins them."""

from __future__ import annotations

import shutil
from pathlib import Path

import protocol
import vectors
from pymilvus import AnnSearchRequest, DataType, Function, FunctionType, MilvusClient, RRFRanker

BATCH = 1000
LONGEST = 20_000  # characters of its text field, at most four bytes each


def base(folder: Path) -> MilvusClient:
    """The database of a folder."""
    return MilvusClient(str(folder / "milvus.db"))


def schema(dimension: int) -> object:
    """A text with what is computed of it, and a vector."""
    made = MilvusClient.create_schema()
    made.add_field("number", DataType.INT64, is_primary=True)
    analyzer = {"tokenizer": "jieba"}
    made.add_field("text", DataType.VARCHAR, max_length=65535, enable_analyzer=True, analyzer_params=analyzer)
    made.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
    made.add_field("dense", DataType.FLOAT_VECTOR, dim=dimension)
    words = Function(
        name="words", function_type=FunctionType.BM25, input_field_names=["text"], output_field_names=["sparse"]
    )
    made.add_function(words)
    return made


def build(passages: list[protocol.Passage], folder: Path, model: str) -> None:
    """Insert in batches."""
    shutil.rmtree(folder / "milvus.db", ignore_errors=True)
    texts = [protocol.whole(p)[:LONGEST] for p in passages]
    made = vectors.encoder(model)(texts)
    client = base(folder)
    fields = client.prepare_index_params()
    fields.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
    fields.add_index("dense", index_type="FLAT", metric_type="IP")
    client.create_collection("texts", schema=schema(made.shape[1]), index_params=fields)
    rows = [{"number": n, "text": t, "dense": v} for n, (t, v) in enumerate(zip(texts, made, strict=True))]
    for begin in range(0, len(rows), BATCH):
        client.insert("texts", rows[begin : begin + BATCH])
    client.flush("texts")
    client.close()


def open_(folder: Path, model: str) -> protocol.Search:
    """Hybrid search with reciprocal ranks."""
    client, encode = base(folder), vectors.encoder(model)
    client.load_collection("texts")

    def search(question: str, k: int) -> list[int]:
        wanted = [
            AnnSearchRequest([question], "sparse", {"metric_type": "BM25"}, limit=100),
            AnnSearchRequest(encode([question]), "dense", {"metric_type": "IP"}, limit=100),
        ]
        return [int(hit["number"]) for hit in client.hybrid_search("texts", wanted, RRFRanker(), limit=k)[0]]

    return search


if __name__ == "__main__":
    protocol.run(build, open_)
