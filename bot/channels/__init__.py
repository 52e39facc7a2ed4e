"""The edges people talk through. All of them call the same flows."""
