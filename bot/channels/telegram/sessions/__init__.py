"""Live sessions in the chat: planned, changed, started and ended, in private and in the group of their merchant.

Each file does what one kind of button or command says. What may be shown is the scope of the chat; what may be done is asked of
the flows with what its presser is at that moment. What a prompt was about stands in its outbox key.
"""
