"""How often Python looks for objects that hold each other: seldom, as a program that is ours alone makes hardly any.

Usually it looks at every seven hundred new ones, a question's arrays among them, and now and then at all there are.
"""

from __future__ import annotations

import gc

SELDOM = (100_000, 50, 100)


def seldom() -> None:
    """For the rest of this process; not for one that others wrote."""
    gc.set_threshold(*SELDOM)
