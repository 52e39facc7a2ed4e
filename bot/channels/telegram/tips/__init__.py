"""Tips of live sessions in Telegram: taken, muted, judged, explained. The flow checks every press.

`pressing` takes the buttons below a tip, `commands` what is typed.
"""
