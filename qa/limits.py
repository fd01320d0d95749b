"""Sizes that an index records, apart from what uses them: to compare them needs no more than this file."""

PASSAGE = 256  # tokens of the encoder in a passage, some 400 characters: two or three paragraphs of a newspaper
