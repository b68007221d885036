"""Where requests may be sent to: over TLS, or to this machine."""

from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def is_safe(url: str) -> bool:
    """Whether it is an address at all, and nobody on the way can read what is sent there.

    >>> is_safe("https://emr.example/hook"), is_safe("http://emr.example/hook")
    (True, False)
    >>> is_safe("https://emr.example:84443/hook"), is_safe("https://emr..example/hook")
    (False, False)
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        named = parts.port != 0 and url.isprintable() and " " not in url
    except ValueError:
        return False
    tls = parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK)
    return bool(host) and named and tls
