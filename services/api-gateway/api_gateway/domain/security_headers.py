"""Headers that tell a browser what not to do. An answer that brings its own value keeps it."""

_ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
}

_API = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "cache-control": "no-store",
}

# Element Plus and ECharts set style attributes from script, hence 'unsafe-inline' for styles alone. The map draws
# photos and canvases from blob: and data: addresses.
_CONSOLE = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
}

_OVER_TLS = {"strict-transport-security": "max-age=31536000"}


def security_headers(path: str, *, over_tls: bool) -> dict[str, str]:
    """Return the headers for an answer at `path`."""
    api = path.startswith(("/api/", "/exchange/"))
    return {**_ALWAYS, **(_API if api else _CONSOLE), **(_OVER_TLS if over_tls else {})}
