"""The operator copilot: answers, checklists and live tips for live-commerce operators."""
