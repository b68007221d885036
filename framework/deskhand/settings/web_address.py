"""Where requests may be sent to: over TLS, or to this machine."""

from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_safe(url: str) -> bool:
    """Whether nobody on the way can read what is sent there.

    >>> is_safe("https://emr.example/hook"), is_safe("http://emr.example/hook")
    (True, False)
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))
