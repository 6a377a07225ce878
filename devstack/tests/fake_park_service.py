"""A service as small as can be, for the tests of the demo commands: migrates a table, answers /health/ready from it."""

import asyncio
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

import asyncpg


async def query(statement: str) -> object:
    connection = await asyncpg.connect(os.environ["PARK_DATABASE_URL"])
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        rows = asyncio.run(query("select count(*) from greetings"))
        self.send_response(200 if self.path == "/health/ready" and rows == 1 else 503)
        self.end_headers()


def main() -> None:
    if sys.argv[1:] == ["migrate"]:
        asyncio.run(query("create table if not exists greetings (text text primary key)"))
    elif sys.argv[1:] == ["seed"]:
        asyncio.run(query("insert into greetings values ('hello') on conflict do nothing"))
    else:
        HTTPServer((os.environ["PARK_HTTP_HOST"], int(os.environ["PARK_HTTP_PORT"])), Health).serve_forever()


if __name__ == "__main__":
    main()
