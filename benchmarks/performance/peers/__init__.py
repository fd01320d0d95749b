"""Other programs that find passages, each in an environment of its own; the scripts `by_….py` know only `protocol`."""
