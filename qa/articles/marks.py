"""How an entry of a list is marked."""

from __future__ import annotations

import re

ITEM = re.compile(
    r"[(（]?(?:[一二三四五六七八九十]+|\d{1,2})[)）]?[、.．]|[(（][一二三四五六七八九十\d]+[)）]|[-*•●■◆▲★☆]|第[一二三四五六七八九十百]+[条章节回]"
)
