"""Files of every kind to `Source` records; `registry.read` is the door."""
