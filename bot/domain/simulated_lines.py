"""What is said and written in a live session that never was, as a feed of lines would have brought it. One sentence is a slip.

Pure: the same seed gives the same lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

SPOKEN = 8
"""Seconds between two sentences of the host."""
_SAYS = (
    "欢迎刚进来的家人，左上角点个关注不迷路", "这一款是纯棉的，我拉给大家看一下弹力", "身高一米六、一百斤的，拍 M 码",
    "尺码表我放在屏幕下面了，拿不准的公屏报身高体重", "袖口这里是双层走线，我翻过来给大家看", "今天下单，明天下午四点前发走",
    "不合适七天内退，运费险我们送", "下一款是同色系的裤子，等下一起搭给大家看", "现货还有八十几件，卖完补货要等一周",
    "洗的时候水温不要超过三十度，深浅分开洗", "刚才问厚薄的，这个季节单穿正好", "点小黄车一号链接，看详情页的面料成分",
)  # fmt: skip
_WRITES = ("多少钱", "有黑色吗", "160 100 斤穿什么码", "起球吗", "什么时候发货", "买过，挺好的", "主播讲一下二号", "链接在哪")
_SLIP = "我跟你们讲，这个价就是全网最低价，放心拍"


def simulated_lines(start: datetime, minutes: int, seed: int) -> Iterator[tuple[datetime, str, str]]:
    """(moment, kind of row, text) of a session of so many minutes, by their time; the slip is in the middle."""
    chance = np.random.default_rng(seed)
    slip = minutes * 60 // 2 // SPOKEN * SPOKEN
    for second in range(0, minutes * 60, SPOKEN):
        at = start + timedelta(seconds=second)
        yield at, "transcript", _SLIP if second == slip else str(chance.choice(_SAYS))
        for later in sorted(int(one) for one in chance.integers(1, SPOKEN, size=chance.poisson(1.2))):
            yield at + timedelta(seconds=later), "comment", str(chance.choice(_WRITES))
