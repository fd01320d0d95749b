"""What a process holds in memory, as Linux counts it."""

from __future__ import annotations

from pathlib import Path

FIELDS = {"resident": "VmRSS", "own": "RssAnon", "of files": "RssFile", "most": "VmHWM"}


def held() -> dict[str, int]:
    """Bytes resident now, its own part and that of mapped files (which the system may take back), and the most so far.

    Empty where there is no /proc.
    """
    try:
        text = Path("/proc/self/status").read_text()
    except OSError:
        return {}
    told = {name: rest.split() for name, _, rest in (line.partition(":") for line in text.splitlines())}
    return {what: 1024 * int(told[name][0]) for what, name in FIELDS.items() if name in told}
