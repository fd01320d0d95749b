"""JSON on one line that no terminal can be steered by."""

from __future__ import annotations

import json
import re
from typing import Any

# JSON itself escapes the controls below a blank; these it would let through.
_UNSAFE = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def dumps(value: Any) -> str:
    r"""The value as one line of JSON; control characters and direction marks are escaped.

    >>> dumps({"a": "中\x9b"})
    '{"a": "中\\u009b"}'
    """
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
