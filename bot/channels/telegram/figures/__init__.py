"""Live metrics that people send: a table as a file or as text, looked at, confirmed.

`dropped` recognises them, `pressing` takes the buttons below. The flow checks every press.
"""
