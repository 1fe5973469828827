"""Tells a monitor elsewhere that all is well. When it hears nothing for a while, it raises the alarm: nobody else can,
where the machine is off.
"""

from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from pydantic import SecretStr

SECONDS = 10.0


def ping(address: SecretStr) -> str | None:
    """One GET without content. Returns what went wrong, without the address, which is a secret; None for nothing."""
    request = Request(address.get_secret_value(), headers={"User-Agent": "zi"})  # noqa: S310 - the settings say http
    try:
        with urlopen(request, timeout=SECONDS):  # noqa: S310
            return None
    except HTTPError as error:
        with error:
            return f"HTTP {error.code}"
    except URLError as error:
        return type(error.reason).__name__ if isinstance(error.reason, Exception) else type(error).__name__
    except (OSError, HTTPException, ValueError) as error:
        return type(error).__name__
