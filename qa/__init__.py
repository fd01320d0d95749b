"""Ask a folder of Chinese articles: `qa.open(folder).ask(question)`.

The names are looked up on first use, so that `import qa` costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers know it; importing typing would take longer than all else here
if TYPE_CHECKING:
    from typing import Any

    from qa.service import index
    from qa.service import open_ as open  # noqa: A004

__all__ = ["index", "open"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'qa' has no attribute {name!r}")
    from qa.service import index, open_

    return {"index": index, "open": open_}[name]
