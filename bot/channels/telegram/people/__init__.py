"""Teams, merchants and groups, looked after in the chat.

Each file shows the pages of one thing and does what their buttons say. A button proves nothing: it may be forged, old or
pressed twice, so every press goes through the flow with what its presser is at that moment. Pages are shown in private
chats only.
"""
