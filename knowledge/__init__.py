"""A library for indexing a folder of documents and finding the passage that answers.

It never imports `bot`, and knows nothing about chats, people or merchants: a *scope* is only
the set of collection names that a caller may read.
"""
