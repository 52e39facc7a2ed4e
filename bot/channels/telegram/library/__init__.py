"""The library in a private chat: files that are sent, previewed and confirmed, and /library with versions and buttons.

`upload` takes a file, `confirming` what is pressed below its preview, `browsing` the lists. None of it is shown in a group.
"""
