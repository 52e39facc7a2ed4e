"""Checklists of sessions in Telegram: cards that are ticked, asked for and commented. The flow checks every press and reply.

`pressing` takes the numbers, `menu` what is below 更多, `asking` the replies that bring a number, a photo or words, `commands`
what is typed.
"""
