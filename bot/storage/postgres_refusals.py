"""What a PostgreSQL server or the way to it refused, in one sentence that says what to do.

Reads only the kind and the code of an error: its own words may repeat an address with its password.
"""

from __future__ import annotations

import ssl

import asyncpg

SETTING = "COPILOT_DATABASE_URL"
UNUSABLE = (
    ValueError,
    OverflowError,  # a port beyond 65535
    asyncpg.UndefinedObjectError,
    asyncpg.InvalidParameterValueError,
    asyncpg.CantChangeRuntimeParamError,
)
"""What asyncpg raises, or the server, over an address with something in it that cannot be."""

_LOST = "和{name}的连接断了，刚才的可能没有存进去。连接会自己恢复，请稍后再试；一直不行就检查服务器和网络。"
_FULL = "数据库服务器的磁盘满了，没有存进{name}。请在服务器上清出空间后再试。"
_LOGIN = "登录不了{name}：用户名或密码不对，或者服务器不许从这台机器登录。请检查 " + SETTING + " 和服务器的 pg_hba.conf。"
_MISSING = "服务器上没有{name}。请先在服务器上建好它，或者改 " + SETTING + "。"
_RIGHTS = "{name}不让当前用户建表或读写。请把数据库的所有权或 public 模式的 CREATE 权限给这个用户。"
_READ_ONLY = "{name}只能读，写不进去：它是只读的副本，或者被设成了只读。请在 " + SETTING + " 里换成能写的服务器。"
_CROWDED = "{name}的连接数满了。请关掉一些连接，或调大服务器的 max_connections 后再试。"
_STARTING = "{name}正在启动或关闭。请稍等再试。"
_DAMAGED = "{name}的数据坏了。请在服务器上用备份恢复。"
_OTHER = "{name}读写出错（{code}）。请检查数据库服务器后再试。"
_ADDRESS = SETTING + " 里的主机、端口或问号后面的参数用不了。请改正，不认识的参数就去掉，然后再启动。"
_ENCRYPTION = "和{name}的加密连接建不起来：服务器没开 TLS，或者证书核对不过。请检查 " + SETTING + " 里的 sslmode 和 sslrootcert。"
_UNREACHED = "连不上{name}：服务器没有回应。请检查服务器在不在运行、" + SETTING + " 里的主机和端口对不对。"

_BY_CODE = {
    "28P01": _LOGIN,
    "28000": _LOGIN,
    "3D000": _MISSING,
    "53100": _FULL,
    "53300": _CROWDED,
    "42501": _RIGHTS,
    "3F000": _RIGHTS,
    "25006": _READ_ONLY,
    "57P03": _STARTING,
    "57P01": _LOST,
    "57P02": _LOST,
    "57P05": _LOST,
    "XX001": _DAMAGED,
    "XX002": _DAMAGED,
}
"""By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html"""


def unreached(cause: BaseException, name: str) -> str:
    """One sentence about why there is no connection, for an OSError or one of UNUSABLE."""
    if isinstance(cause, ssl.SSLError) or (isinstance(cause, ConnectionError) and "SSL" in str(cause)):
        words = _ENCRYPTION
    elif isinstance(cause, UNUSABLE):
        words = _ADDRESS
    else:
        words = _UNREACHED
    return words.format(name=name).strip()


def sentence(cause: BaseException, name: str) -> str:
    """One sentence about `cause`; `name` is the database with a space before it."""
    code = str(getattr(cause, "sqlstate", None) or "")
    if known := _BY_CODE.get(code):
        words = known
    elif code.startswith("08") or _is_closed(cause):
        words = _LOST
    elif isinstance(cause, OSError):
        words = _UNREACHED
    else:
        words = _OTHER
    return words.format(name=name, code=code or type(cause).__name__).strip()


def _is_closed(cause: BaseException) -> bool:
    """The connection went away between two statements; asyncpg has no code for that."""
    inner = cause.__cause__ if cause.__cause__ is not None else cause
    return isinstance(inner, (asyncpg.InterfaceError, ConnectionError))
