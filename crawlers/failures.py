"""Why a page could not be had or read, in few and stable words: they are shown, stored and counted.

Beside the words for people, which follow the language, stands one for programs: the fault.
"""

from datetime import datetime

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from storage.language import say
from storage.records import Fault


class Unread(Exception):  # noqa: N818 - an end that is told and stored, not an error of ours
    """The page gave nothing to store; `status` is that of its answer, if one came."""

    def __init__(self, reason: str, status: int | None = None, fault: Fault = "download") -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.fault: Fault = fault


class NotAsked(Unread):
    """The page was not to be had now, and is not to blame: its host is busy, or our lease of it is lost.

    `until`: when its host may be asked again, where that is known; `status`: of the answer that said so.
    """

    def __init__(self, reason: str, until: datetime | None = None, status: int | None = None) -> None:
        super().__init__(reason, status, "patience")
        self.until = until


class Refused(IgnoreRequest):
    """A request that is not made, for a reason of ours; `str()` says why."""

    fault: Fault = "address"


def unread(error: Exception) -> Unread:
    """Every way in which a download can fail, in words."""
    return Unread(reason_of(error), fault=fault_of(error))


def fault_of(error: Exception) -> Fault:
    match error:
        case CannotResolveHostError():
            return "dns"
        case DownloadConnectionRefusedError():
            return "refused"
        case DownloadTimeoutError():
            return "timeout"
        case DownloadCancelledError():
            return "too_large"
        case ResponseDataLossError():
            return "cut"
        case UnsupportedURLSchemeError():
            return "address"
        case Refused():
            return error.fault
        case IgnoreRequest() if "max redirections" in str(error):
            return "redirects"
        case IgnoreRequest():
            return "too_large" if "DOWNLOAD_MAXSIZE" in str(error) else "address"
        case _ if (said := _said_by_tls(error)) is not None:
            return "certificate" if _is_certificate(said) else "tls"
        case _:
            return "download"


def reason_of(error: Exception) -> str:
    match error:
        case CannotResolveHostError():
            return say("域名无法解析", "host name not found")
        case DownloadConnectionRefusedError():
            return say("无法连接", "connection refused")
        case DownloadTimeoutError():
            return say("超时", "timed out")
        case DownloadCancelledError():
            return say("页面过大", "page too large")
        case ResponseDataLossError():
            return say("页面不完整", "page cut short")
        case UnsupportedURLSchemeError():
            return say("不是网页地址", "not a web address")
        case IgnoreRequest() if "max redirections" in str(error):
            return say("重定向过多", "too many redirects")
        case IgnoreRequest() if "DOWNLOAD_MAXSIZE" in str(error):  # when unpacked
            return say("页面过大", "page too large")
        case IgnoreRequest():  # ours say why in their text
            return str(error)
        case _ if (said := _said_by_tls(error)) is not None:
            return _of_tls(said)
        case _:
            return say(f"下载失败({type(error).__name__})", f"download failed ({type(error).__name__})")


def _said_by_tls(error: BaseException) -> list[str] | None:
    """What OpenSSL says is wrong, from wherever Scrapy and Twisted have wrapped it; None: it is not TLS."""
    if isinstance(error, SSL.Error):
        return [str(part) for told in error.args[0] for part in told] if error.args else []
    wrapped = [reason.value for reason in getattr(error, "reasons", ())]
    inner = [error.__cause__, *wrapped]
    return next((said for one in inner if one and (said := _said_by_tls(one)) is not None), None)


def _is_certificate(said: list[str]) -> bool:
    return any("certificate verify failed" in text for text in said)


def _of_tls(said: list[str]) -> str:
    why = next((text for text in reversed(said) if text), "")
    if _is_certificate([why]):
        return say("网站的证书无效", "the site's certificate is not valid")
    return say(
        f'TLS 谈不拢({why});很旧的服务器要在网站的 TOML 里写 tls = "legacy"',
        f'no TLS in common ({why}); a very old server needs `tls = "legacy"` in the site\'s TOML',
    )


def lost() -> str:
    return say("这个主机的租约已失去,未保存", "the lease of this host was lost; nothing stored")


def broken(error: Exception) -> str:
    """For what we did not foresee; the log has the rest."""
    return say(f"程序错误({type(error).__name__})", f"error in the program ({type(error).__name__})")
