"""A server that speaks just enough of Snowflake's protocol to record what the driver sends it.

It answers every query with one row, when it is told to; it says nothing of what Snowflake does.
"""

import base64
import gzip
import io
import json
import threading
import uuid
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa

RENEWED = {
    "sessionToken": "t2",
    "validityInSecondsST": 3600,
    "masterToken": "m2",
    "validityInSecondsMT": 14400,
    "sessionId": 1,
}
TEXT = {"logicalType": "TEXT", "charLength": "10", "precision": "0", "scale": "0"}


@dataclass(frozen=True)
class Request:
    """One request: its path, its query string, and its JSON body."""

    path: str
    options: dict[str, list[str]]
    body: dict


@dataclass
class Script:
    """What the server has seen, and how it is to answer.

    Queries run while `running` is set. `refusals` are codes that the next queries get instead of
    an answer (None: they are answered), `failure` is what queries under way end in.
    """

    seen: list[Request] = field(default_factory=list)
    running: threading.Event = field(default_factory=threading.Event)
    aborted: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)
    login_refusal: tuple[str, str] | None = None
    failure: tuple[str, str] | None = None
    deaf_to_aborts: bool = False
    vanished: bool = False

    def paths(self, ending):
        return [request.path for request in self.seen if request.path.endswith(ending)]

    def bodies(self, ending):
        return [request.body for request in self.seen if request.path.endswith(ending)]

    def submitted(self):
        """The queries that were submitted to be followed by their id."""
        return [body for body in self.bodies("/query-request") if body.get("asyncExec")]


class Recorder(ThreadingHTTPServer):
    """The server, on a free port of the loopback address."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = Script()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_said):
        """Say nothing."""

    def do_POST(self):
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        path = self._record(json.loads(content) if content else {})
        script = self.server.script
        if path.endswith("/login-request"):
            self._reply(*_login(script))
        elif path.endswith("/token-request"):
            self._reply(RENEWED)
        elif path.endswith("/query-request"):
            body = script.seen[-1].body
            refusal = script.refusals.pop(0) if script.refusals else None
            if refusal is not None:
                self._reply(None, refusal, "refused for a reason")
            elif body.get("asyncExec"):
                query_id = str(uuid.uuid4())
                underway = {"queryId": query_id, "getResultUrl": f"/queries/{query_id}/result"}
                self._reply(underway, "333334", success=True)
            else:
                self._reply(_row())
        elif path.endswith("/abort-request") and script.deaf_to_aborts:
            self._reply(None, "000605", "no such query")
        else:
            if path.endswith("/abort-request"):
                script.aborted.add(path.split("/")[2])
            self._reply(None)

    def do_GET(self):
        path = self._record({})
        script = self.server.script
        query_id = path.rsplit("/", 1)[-1]
        if path.endswith("/result"):
            self._reply(_row())
            return
        status = {"id": query_id, "status": "RUNNING" if script.running.is_set() else "SUCCESS"}
        if script.failure is not None:
            code, message = script.failure
            status |= {"status": "FAILED_WITH_ERROR", "errorCode": code, "errorMessage": message}
        self._reply({"queries": [status]})

    def _record(self, body):
        parts = urlsplit(self.path)
        self.server.script.seen.append(Request(parts.path, parse_qs(parts.query), body))
        return parts.path

    def _reply(self, data, code=None, message=None, *, success=None):
        if self.server.script.vanished:
            self.close_connection = True
            return
        succeeded = code is None if success is None else success
        reply = {"data": data, "success": succeeded, "code": code, "message": message}
        content = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _login(script):
    if script.login_refusal is not None:
        return (None, *script.login_refusal)
    return (
        {
            "token": "t",
            "masterToken": "m",
            "validityInSeconds": 3600,
            "masterValidityInSeconds": 14400,
            "sessionId": 1,
            "serverVersion": "9.0.0",
            "parameters": [],
            "sessionInfo": {"databaseName": "D", "schemaName": "S"},
        },
    )


def _row():
    table = pa.table([["here"]], schema=pa.schema([pa.field("SAID", pa.string(), metadata=TEXT)]))
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    kind = {"name": "SAID", "type": "text", "nullable": True, "length": 10, "byteLength": 40}
    return {
        "rowtype": [kind | {"scale": None, "precision": None}],
        "total": 1,
        "returned": 1,
        "queryId": str(uuid.uuid4()),
        "queryResultFormat": "arrow",
        "statementTypeId": 4096,
        "parameters": [],
        "rowsetBase64": base64.b64encode(sink.getvalue()).decode(),
    }
