"""The columns of a running order by what people write above them, in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.running_order_cells import plain

HEAD_WITHIN = 10
"""The header is among the first so many rows that hold anything; above it stand titles."""


class Field(StrEnum):
    """What a column, or a cell, is about."""

    NAME = "name"
    PRICE = "price"
    STOCK = "stock"
    PART = "part"
    MINUTES = "minutes"
    TIME = "time"
    LIST_PRICE = "list_price"
    EVIDENCE = "evidence"
    EVENT = "event"
    POSITION = "position"


_NAMES: dict[Field, str] = {
    Field.NAME: """品名 商品 商品名 商品名称 商品标题 产品 产品名 产品名称 款名 款式 货品 货品名称 链接名 链接名称 链接标题
        名称 标题 品 款名和商品id 宝贝 name product item productname title""",
    Field.PRICE: """到手价 券后价 券后 实付价 直播价 直播间价 直播间价格 直播售价 今晚价 今日价 活动价 秒杀价 成交价 售价
        销售价 现价 卖价 单价 价格 价 价钱 liveprice price saleprice""",
    Field.STOCK: """挂车库存 可售库存 库存 库存数 库存数量 现货库存 备货 备货量 备货数 数量 件数 总库存
        stock qty quantity inventory""",
    Field.PART: """角色 定位 款型 段 段位 类型 货品类型 商品类型 货品定位 商品定位 产品定位 品类角色 款别
        part role type""",
    Field.MINUTES: "时长 分钟 分钟数 讲解时长 讲解时间 讲解分钟 预计时长 用时 讲解用时 minutes min mins duration",
    Field.TIME: "时间 时间段 时段 起止时间 开始时间 上架时间 讲解时段 time slot start",
    Field.LIST_PRICE: "划线价 原价 日常价 市场价 吊牌价 专柜价 参考价 比较价 平时价 listprice originalprice",
    Field.EVIDENCE: """依据 凭证 凭据 证据 价格依据 价格凭证 价格证据 价的证 划线价依据 比价依据 7日最低价 七日最低价
        近7天最低成交价 7日最低成交价 evidence proof""",
    Field.EVENT: "福利 活动 福利活动 福利/活动 活动福利 福袋 互动福利 直播活动 玩法 活动玩法 事件 event activity promotion",
    Field.POSITION: "序号 序 编号 排序 顺序 no no. # 位置 position",
}
_FIELD_OF = {word: field for field, words in _NAMES.items() for word in words.split()}
_PRICE_RANK = {word: rank for rank, word in enumerate(_NAMES[Field.PRICE].split())}
"""What is paid in the end counts before what is written on the tag."""
_NUMERIC = (Field.PRICE, Field.STOCK, Field.MINUTES, Field.LIST_PRICE)
_LABELS = "|".join(sorted((re.escape(word) for word, field in _FIELD_OF.items() if len(word) > 1), key=len, reverse=True))
_LABELLED = re.compile(rf"({_LABELS})\s*(?:\([^)]{{0,8}}\))?\s*([::=]?)\s*(.+)", re.IGNORECASE)
_SPLIT = re.compile(r"\s*/\s*")


@dataclass(frozen=True, slots=True)
class Column:
    """One column that is read: its number from 0, what stands above it, and the piece between slashes (None: the whole)."""

    field: Field
    at: int
    header: str
    piece: int | None = None


def field_of(header: str) -> Field | None:
    """What a header is about; what stands in brackets behind it (元, 分钟) does not matter."""
    return _FIELD_OF.get(_bare(header))


def columns_of(row: Sequence[str]) -> tuple[Column, ...]:
    """The columns that a header row names, the best price first; empty unless it names a product or a price and one thing more.

    日常价 / 今晚价 / 券后 in one cell is three columns, with their cells parted alike.
    """
    found: list[Column] = []
    for at, header in enumerate(row):
        pieces = _SPLIT.split(plain(header))
        known = [(number, field_of(piece)) for number, piece in enumerate(pieces)]
        if (whole := field_of(header)) is not None:
            found.append(Column(whole, at, plain(header)))
        elif len(pieces) > 1:
            found += [Column(field, at, pieces[number], number) for number, field in known if field]
    fields = {column.field for column in found}
    if len(fields - {Field.POSITION}) < 2 or not fields & {Field.NAME, Field.PRICE}:
        return ()
    return tuple(sorted(found, key=lambda column: _PRICE_RANK.get(_bare(column.header), 0)))


def labelled(cell: str) -> tuple[Field, str] | None:
    """What a cell is about that says so itself, 库存 500件 or 依据：截图, and the rest; None for any other.

    A name may begin like a label: a figure has to follow one of a figure, and a colon any other.
    """
    text = plain(cell)
    match = _LABELLED.fullmatch(text)
    if not match:
        return None
    field = _FIELD_OF[match[1].lower()]
    says = re.match(r"[¥]?\s*\d", match[3]) if field in _NUMERIC else match[2]
    return (field, match[3]) if says else None


def _bare(header: str) -> str:
    return re.sub(r"\(.*?\)|\[.*?\]|【.*?】|\s|[::*_`]", "", plain(header)).lower()
