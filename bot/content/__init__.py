"""The handbook's content: what it must hold, and its YAML as metrics, rules and checklists; every error names file and line."""
