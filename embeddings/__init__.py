"""Encoders and vector indexes: knows strings and arrays, never `qa`."""
