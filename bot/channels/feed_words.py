"""What is said about feeds and the addresses that metrics are fetched from, in Chinese and English. Knows no platform."""

from __future__ import annotations

from collections.abc import Mapping

from bot.channels.words import Phrase
from bot.domain.polling import Fault

FAULTS: Mapping[Fault, Phrase] = {
    Fault.REFUSED: Phrase("密钥不对或过期", "the key is refused"),
    Fault.GONE: Phrase("网址不存在", "nothing at the address"),
    Fault.FORBIDDEN: Phrase("指向内网，没取", "leads into a private network"),
    Fault.STATUS: Phrase("对方报错", "the server fails"),
    Fault.UNREACHABLE: Phrase("连不上", "cannot be reached"),
    Fault.SLOW: Phrase("对方太慢", "too slow"),
    Fault.TOO_LARGE: Phrase("内容超过 2 MB", "more than 2 MB"),
    Fault.COMPRESSED: Phrase("内容压缩过", "compressed"),
    Fault.REDIRECTS: Phrase("跳转太多", "too many redirects"),
    Fault.NOT_UNDERSTOOD: Phrase("不是 JSON 或 CSV", "neither JSON nor CSV"),
    Fault.NO_FIGURES: Phrase("没有认得的指标", "no metrics that I know"),
    Fault.AMBIGUOUS: Phrase("同时有几场在播", "several sessions are live"),
    Fault.NO_SOURCE: Phrase("列名表没有了", "its mapping is gone"),
}
"""Why nothing comes."""

COMMAND_FEED = Phrase("实时数据接入：令牌、定时取数", "Metric feeds: tokens, fetching")
TITLE = Phrase("实时数据接入 · {team}", "Metric feeds · {team}")
NONE = Phrase(
    "还没有接入。建一个，把令牌交给推数的程序；或设一个网址，开播时自动去取。",
    "There are none yet. Make one and give its token to whatever sends figures, or set an address to fetch from.",
)
LINE = Phrase("• {name}{fetched} · {seen}", "• {name}{fetched} · {seen}")
FETCHED = Phrase("（取 {host}，每 {every} 秒）", " (from {host}, every {every} s)")
FETCHES = Phrase("开播后每 {every} 秒到 {host} 取一次", "Fetched from {host} every {every} s while live")
SEEN = Phrase("最近来数 {at}", "last seen {at}")
NEVER = Phrase("还没来过数", "nothing yet")
FAULT = Phrase("⚠️ {fault}，{at} 起", "⚠️ {fault}, since {at}")
FOR_SESSION = Phrase("只写一场：{session}", "For one session: {session}")
FOR_TEAM = Phrase("写全团队的场次", "For all sessions of the team")
COLUMNS_IDS = Phrase("列名：指标编号", "Columns: metric ids")
COLUMNS = Phrase("列名：{source}", "Columns: {source}")
NO_POLL = Phrase("没有定时取数", "Nothing is fetched")
CURL = Phrase("推数这样发（令牌换成您存的那个）：", "This is how to send (with the token that you keep):")
YOUR_ADDRESS = Phrase("https://您的地址", "https://your-address")
YOUR_SESSION = Phrase("场次编号", "SESSION")
YOUR_TOKEN = Phrase("ocf_您的令牌", "ocf_YOUR_TOKEN")
B_NEW = Phrase("新建接入", "New feed")
B_IDS = Phrase("指标编号（metrics.yaml）", "Metric ids")
B_POLL = Phrase("设定时取数", "Set an address")
B_STOP = Phrase("停止取数", "Stop fetching")
B_REVOKE = Phrase("停用", "Revoke")
WHICH_COLUMNS = Phrase("它的列名是哪一种？", "What are its columns called?")
ASK_NAME = Phrase(
    "给接入起个名字，请回复这条消息，例如：数据中台。", "Please reply to this message with its name, such as: data hub."
)
TOKEN = Phrase(
    "🔑 接入“{name}”的令牌，只显示这一次，请马上存好，再把这条删掉：\n\n{token}\n\n{how}\n{curl}",
    "🔑 The token of “{name}”, shown this once: keep it now, then delete this message.\n\n{token}\n\n{how}\n{curl}",
)
MADE = Phrase("接入“{name}”建好了，令牌在上一条。", "The feed “{name}” is made; its token is in the message above.")
ASK_POLL = Phrase(
    "取数网址相当于密码：收到后我会马上把您的回复从聊天里删掉，之后不再显示。\n"
    "请回复这条消息：第一行写网址，后面可空一格写几秒取一次（5–60，默认 15）；有请求头的，一行一个，例如\n"
    "https://board.example.com/live.json 10\nAuthorization: Bearer …",
    "Such an address is like a password: I delete your reply from the chat at once and never show it again.\n"
    "Please reply to this message: the address, and behind it the seconds between two fetches (5–60, 15 by default); headers "
    "below it, one a line, for example\nhttps://board.example.com/live.json 10\nAuthorization: Bearer …",
)
POLL_SET = Phrase(
    "设好了，网址已从聊天里删掉。开播后每 {every} 秒取一次。", "Set, and deleted from the chat. Every {every} s while live."
)
POLL_SET_DELETE = Phrase(
    "设好了。请您自己把刚才带网址的消息删掉。开播后每 {every} 秒取一次。",
    "Set. Please delete the message with the address yourself. Every {every} s while live.",
)
WHOSE = Phrase("团队有几个商家，取的是哪个商家的数？", "The team has several merchants. Whose figures are they?")
POLL_STOPPED = Phrase("不再取数。", "Nothing is fetched any more.")
SURE_REVOKE = Phrase(
    "停用接入“{name}”？令牌马上失效，定时取数也停。", "Revoke “{name}”? Its token stops working, and so does fetching."
)
REVOKED = Phrase("已停用。", "Revoked.")
