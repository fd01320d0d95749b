"""Trains the shipped encoder from the project's corpora, stage by stage (see docs/encoder.md)."""
