"""What is said around tips in Telegram, in Chinese and English. A toast holds at most 200 characters."""

from __future__ import annotations

from bot.channels.words import Phrase

COMMAND_WHY = Phrase("这一场为什么提示、为什么没提", "Why a tip came, or why none did")

COMMAND_EFFECTS = Phrase("哪条规则管用、哪条要改", "Which rules help, and which need work")
COMMAND_WITHHOLD = Phrase("轻提示抽样不提，看看差别", "Keep back some mild tips, to compare")

DONE = Phrase("✅ 记下了，您来处理。", "✅ Noted: you are on it.")
DONE_ALREADY = Phrase("{name} {time} 已经处理了。", "{name} dealt with this at {time}.")
MUTED = Phrase("🔕 这一场的这条规则静音到 {time}。", "🔕 This rule is muted in this session until {time}.")
MUTED_ALREADY = Phrase("已经静音到 {time}。", "It is muted until {time} already.")
USELESS = Phrase("👎 记下了，谢谢。", "👎 Noted, thank you.")
USELESS_ALREADY = Phrase("{name} 已经说过没用，都记着。", "{name} has said so; it is on record.")
