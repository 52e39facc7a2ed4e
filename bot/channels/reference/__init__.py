"""Metrics, rules and checklists as they are looked up, before any platform's form: styled text, and links."""
