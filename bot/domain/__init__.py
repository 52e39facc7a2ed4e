"""Facts and decisions: standard library and numpy only; no I/O, no await, no clock."""
