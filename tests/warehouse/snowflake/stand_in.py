"""A stand-in for Snowflake: fakesnow's server, made to speak with connector 5.

Runs in .venv-fakesnow: `stand_in.py FOLDER` serves the databases FOLDER/NAME.db on a free port of
the loopback address and prints that port. It is DuckDB behind Snowflake's protocol: it shows that
the SQL is taken and that the frames are right, and nothing of Snowflake's semantics, cost or speed.
"""

import json
import secrets
import socket
import sys
import uuid

import fakesnow.server as fake
import pyarrow as pa
import uvicorn
from fakesnow.arrow import to_sf
from fakesnow.instance import FakeSnow
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

LOGIN, QUERY = "/session/v1/login-request", "/queries/v1/query-request"
ANSWERS = {}
FAILURES = {}
UNCONVERTED = "100035"


def masked(table, rowtype):
    """fakesnow's table with a null instant as a null, where it has an instant of null parts."""
    table = to_sf(table, rowtype)
    for place, field in enumerate(table.schema):
        if pa.types.is_struct(field.type):
            parts = table.column(place).chunk(0).flatten()
            filled = [part.fill_null(0) for part in parts]
            instants = pa.StructArray.from_arrays(
                filled, fields=list(field.type), mask=parts[0].is_null()
            )
            table = table.set_column(place, field, instants)
    return table


def succeed(data=None):
    return JSONResponse({"data": data, "success": True, "code": None, "message": None})


async def login(request):
    """Connector 5 asks for a master token, which fakesnow does not give."""
    reply = json.loads((await fake.login_request(request)).body)
    reply["data"] |= {
        "masterToken": secrets.token_urlsafe(32),
        "validityInSeconds": 3600,
        "masterValidityInSeconds": 14400,
        "sessionId": secrets.randbits(40),
    }
    return JSONResponse(reply | {"code": None, "message": None})


async def query(request):
    """Queries are over within their submission; the answer is kept for whoever asks by its id.

    A cell that cannot be converted is found under way in Snowflake, so its error is kept too.
    """
    reply = await fake.query_request(request)
    said = json.loads(reply.body)
    if said.get("code") == UNCONVERTED:
        query_id = str(uuid.uuid4())
        FAILURES[query_id] = {"errorCode": UNCONVERTED, "errorMessage": said["message"]}
        return succeed({"queryId": query_id, "getResultUrl": f"/queries/{query_id}/result"})
    if query_id := (said.get("data") or {}).get("queryId"):
        ANSWERS[query_id] = reply.body
    return reply


async def result(request):
    return Response(ANSWERS[request.path_params["query_id"]], media_type="application/json")


async def fallback(request):
    path = request.url.path
    if "monitoring" in path:
        query_id = path.rsplit("/", 1)[-1]
        status = {"id": query_id, "status": "SUCCESS", "state": "SUCCEEDED"}
        if query_id in FAILURES:
            status = {"id": query_id, "status": "FAILED_WITH_ERROR"} | FAILURES[query_id]
        return succeed({"queries": [status]})
    return JSONResponse({"data": None, "success": False, "code": "404", "message": path}, 404)


def main(folder):
    fake.logger.setLevel("CRITICAL")
    fake.to_sf = masked
    fake.shared_fs = FakeSnow(db_path=folder)
    routes = [
        Route(LOGIN, login, methods=["POST"]),
        Route(QUERY, query, methods=["POST"]),
        Route("/queries/{query_id}/result", result),
        *(route for route in fake.app.routes if route.path not in (LOGIN, QUERY)),
        Route("/{path:path}", fallback, methods=["GET", "POST"]),
    ]
    # Named TCP, without which asyncio leaves Nagle's algorithm on: 40 ms a reply.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        print(listening.getsockname()[1], flush=True)  # noqa: T201 (whoever started it reads the port)
        server = uvicorn.Server(uvicorn.Config(Router(routes=routes), log_level="error"))
        server.run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1])
