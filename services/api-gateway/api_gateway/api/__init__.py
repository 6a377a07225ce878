"""HTTP and WebSocket in: parse, call, shape. A file a family of routes, all under /api/v1."""

API_ROOT = "/api/v1"
