"""Words about a running order, for every channel: what is wrong with it, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby

from bot.channels.words import Phrase
from bot.domain.order_checks import Code, Remark
from bot.domain.running_order import Part

PARTS: Mapping[Part, Phrase] = {
    Part.TRAFFIC: Phrase("引流款", "traffic item"),
    Part.BRIDGE: Phrase("承接款", "bridge item"),
    Part.PROFIT: Phrase("利润款", "profit item"),
    Part.UPGRADE: Phrase("升级款", "upgrade item"),
    Part.IMAGE: Phrase("形象款", "image item"),
    Part.WELFARE: Phrase("福利款", "welfare item"),
    Part.FAN: Phrase("宠粉款", "fan item"),
}

FIELDS: Mapping[str, Phrase] = {
    "name": Phrase("品名", "name"),
    "price": Phrase("价格", "price"),
    "stock": Phrase("库存", "stock"),
    "part": Phrase("款型", "part"),
    "minutes": Phrase("时长", "minutes"),
    "time": Phrase("时间", "time"),
    "list_price": Phrase("划线价", "struck-through price"),
    "evidence": Phrase("价格依据", "price evidence"),
    "event": Phrase("活动", "event"),
    "position": Phrase("序号", "number"),
}

REMARKS: Mapping[Code, Phrase] = {
    Code.EMPTY: Phrase("排品表里还没有款，请先把款写进去。", "The running order has no products yet. Please add them."),
    Code.LIST_PRICE_UNPROVEN: Phrase(
        "划线价 {list_price} 元没有依据。请补近 7 天最低成交价截图；拿不出就撤掉划线价，只报 {price} 元。",
        "The struck-through price {list_price} has no evidence. Add the lowest price paid in 7 days, or show {price} only.",
    ),
    Code.LIST_PRICE_TOO_HIGH: Phrase(
        "划线价 {list_price} 元高于依据里的成交价 {proven} 元，请改到 {proven} 元或更低。",
        "The struck-through price {list_price} is above the price paid, {proven}. Please lower it to {proven} or less.",
    ),
    Code.CLAIM_UNPROVEN: Phrase(
        "写了“{word}”却没有价格依据。请补截图，或者把这个说法删掉。",
        "“{word}” is claimed without price evidence. Please add it or take the claim out.",
    ),
    Code.ABOVE_LIST_PRICE: Phrase(
        "售价 {price} 元比划线价 {list_price} 元还高，两个数请核一遍。",
        "The price {price} is above the struck-through price {list_price}. Please check both.",
    ),
    Code.FORBIDDEN_WORD: Phrase(
        "“{word}”不能用：{reason}。可以换成：{instead}。", "“{word}” is not allowed: {reason}. Instead: {instead}."
    ),
    Code.WORD_NEEDS_PROOF: Phrase(
        "“{word}”要有书面证据才能用：{reason}。没有就换成：{instead}。",
        "“{word}” needs written proof: {reason}. Instead: {instead}.",
    ),
    Code.WORD_HINT: Phrase("“{word}”建议换个说法：{instead}。", "“{word}” is better put another way: {instead}."),
    Code.SCARCITY_UNTRUE: Phrase(
        "写着“{word}”，库存却是 {stock} 件，两个数要对上。", "It says “{word}” but the stock is {stock}. The two must agree."
    ),
    Code.BAIT_SOLD_OUT: Phrase(
        "“{name}”拿来拉人，库存却是 0。请备上货，或者把它撤下来。",
        "“{name}” is there to draw people in, with no stock. Please stock it or take it out.",
    ),
    Code.BAIT_STOCK_UNKNOWN: Phrase(
        "“{name}”拿来拉人，请写上后台真实能卖的件数。",
        "“{name}” is there to draw people in. Please write how many can really be sold.",
    ),
    Code.GIVEAWAY_UNTIMED: Phrase(
        "“{event}”没写几点开。请写明时间，并把规则先公示。", "“{event}” has no time. Please set one and publish the rules first."
    ),
    Code.EVENT_OUTSIDE: Phrase("“{event}”的时间不在这场里，请改。", "“{event}” is not within the session. Please move it."),
    Code.NO_STOCK: Phrase(
        "“{name}”库存是 0。没货不上链接，请备货或撤款。", "“{name}” has no stock. Please stock it or take it out."
    ),
    Code.STOCK_UNKNOWN: Phrase(
        "第 {lines} 款没写库存，算不出货够不够目标。", "No stock for {lines}: nobody can tell whether it is enough for the goal."
    ),
    Code.STOCK_BELOW_GOAL: Phrase(
        "全部卖完也只有 {worth} 元，离目标 {goal} 元差 {lacking} 元。请加库存、加款，或改目标。",
        "Sold out it makes {worth}, {lacking} short of the goal {goal}. Please add stock or products, or change the goal.",
    ),
    Code.MINUTES_MISSING: Phrase("没写讲几分钟，请补上。", "The minutes are missing. Please add them."),
    Code.MINUTES_OVER: Phrase(
        "排了 {total} 分钟，开播只有 {length} 分钟，多出 {over} 分钟。请减款或缩短。",
        "{total} minutes are planned for a session of {length}: {over} too many. Please drop or shorten some.",
    ),
    Code.MINUTES_TIGHT: Phrase(
        "排了 {total} 分钟，只剩 {free} 分钟空当。最好留出一成给答疑、换场和断单。",
        "{total} minutes leave {free} free. Better keep a tenth for questions, changes and slow spells.",
    ),
    Code.MINUTES_SHORT: Phrase(
        "排了 {total} 分钟，还空着 {free} 分钟。请加款，或给主推款加一轮。",
        "{total} minutes leave {free} empty. Please add products or another round of the main ones.",
    ),
    Code.NO_BRIDGE: Phrase(
        "没有承接款，买便宜货的人接不到正价上。请补一款。",
        "There is no bridge item between the cheap and the full-price ones. Please add one.",
    ),
    Code.NO_PROFIT: Phrase("没有利润款，这场靠什么挣钱？请补一款。", "There is no profit item. Please add one."),
    Code.OPENING_LONG: Phrase(
        "开场引流款排了 {minutes} 分钟，别超过 {most} 分钟。",
        "The traffic items at the start take {minutes} minutes; keep it within {most}.",
    ),
    Code.PART_MISSING: Phrase(
        "第 {lines} 款没写是引流、承接、利润还是形象，请补。",
        "{lines} lack their part: traffic, bridge, profit or image. Please add it.",
    ),
    Code.SAME_PRODUCT: Phrase(
        "“{name}”在第 {first} 款已经有了。是重讲就写上“返场”，写重了就删一行。",
        "“{name}” is number {first} already. Mark it 返场 if it comes back, or delete one.",
    ),
    Code.PRICE_CHANGES: Phrase(
        "“{name}”这里 {price} 元，第 {first} 款是 {before} 元。是计划改价就定好时间、两个人核；不是就改成一样。",
        "“{name}” is {price} here and {before} as number {first}. Plan the change with two people, or make them agree.",
    ),
}

REASONS: Mapping[str, Phrase] = {
    "name_missing": Phrase("没有品名", "there is no name"),
    "name_long": Phrase("品名太长", "the name is too long"),
    "price_missing": Phrase("没有价格", "there is no price"),
    "price_range": Phrase("价格不止一个数，请写一个到手价", "more than one price; please write the one that is paid"),
    "price_from": Phrase("“起”不是一个价，请写主推规格的到手价", "“from” is no price; please write that of the main variant"),
    "price_zero": Phrase("价格是 0；赠品请写在活动里", "the price is 0; a gift belongs to the events"),
    "price_unclear": Phrase("价格看不懂", "the price is unclear"),
    "stock_unclear": Phrase("库存要写一个整数", "the stock has to be a whole number"),
    "minutes_unclear": Phrase("时长要写一个分钟数", "the length has to be a number of minutes"),
    "time_unclear": Phrase("时间要写成 20:30 或 20:30-20:40", "the time has to look like 20:30 or 20:30-20:40"),
    "part_unclear": Phrase(
        "款型要写引流、承接、利润、升级、形象、福利、宠粉中的一个",
        "the part has to be one of traffic, bridge, profit, upgrade, image, welfare, fan",
    ),
    "event_unclear": Phrase("活动看不懂，请写成“福袋 20:30”这样", "the event is unclear; please write it like 福袋 20:30"),
    "merged": Phrase("合并的格子，不知道每款各多少", "the cell is merged; nobody can tell each one's share"),
    "twice": Phrase("同一项写了两个", "it is given twice"),
    "figures_unclear": Phrase("光写数字，分不清哪个是库存、哪个是时长", "bare figures; nobody can tell stock from minutes"),
    "figure_unclear": Phrase("光写一个数，分不清是库存还是时长", "a bare figure; nobody can tell whether it is stock or minutes"),
    "text_unused": Phrase("这几个字不知道是什么，没有用上", "this text was not understood and left out"),
    "total_differs": Phrase("和上面各款加起来对不上", "this is not what the products above add up to"),
    "cells_missing": Phrase("格子比表头少，对不上", "there are fewer cells than in the header"),
    "cells_extra": Phrase("格子比表头多，对不上", "there are more cells than in the header"),
}

_PROBLEM = Phrase("第 {row} 行{field}：{reason}（“{value}”）。", "Row {row}{field}: {reason} (“{value}”).")
_EMPTY_PROBLEM = Phrase("第 {row} 行{field}：{reason}。", "Row {row}{field}: {reason}.")
_LINE = Phrase("第 {line} 款：", "No. {line}: ")
_GROUND = Phrase("依据：{article}，手册 {section}。", "See {article}, handbook {section}.")
_SECTION = Phrase("见手册 {section}。", "See handbook {section}.")


def worded(remark: Remark, language: str) -> str:
    """One remark as a sentence, with its line in front and what it rests on behind."""
    values = {name: _shown(value, language) for name, value in remark.values.items()}
    said = REMARKS[remark.code].to(language, **values)
    line = _LINE.to(language, line=remark.line) if remark.line else ""
    ground = _GROUND if remark.article else _SECTION
    gap = " " if language == "en" else ""
    return f"{line}{said}{gap}{ground.to(language, article=remark.article, section=remark.section)}"


def worded_problem(row: int, about: str | None, reason: str, value: str, language: str) -> str:
    """One row, or one cell of it, that could not be read; `about` is its field."""
    field = (", " if language == "en" else "") + FIELDS[about].to(language) if about else ""
    phrase = _PROBLEM if value else _EMPTY_PROBLEM
    return phrase.to(language, row=row, field=field, reason=REASONS[reason].to(language), value=value)


def _shown(value: object, language: str) -> str:
    if isinstance(value, Decimal):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, tuple):
        return (", " if language == "en" else "、").join(_runs(value))
    return str(value)


def _runs(numbers: Sequence[int]) -> Iterator[str]:
    """The numbers, with three and more in a row as from–to: a long order is not to be a page of figures."""
    for _, group in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        yield from [f"{run[0]}–{run[-1]}"] if len(run) > 2 else map(str, run)
