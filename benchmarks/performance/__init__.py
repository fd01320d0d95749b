"""How fast it is: one runner, one table. See docs/performance.md."""
