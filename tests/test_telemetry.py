"""Spans: page, question and query, each below the other, over a real OTLP endpoint of the test."""

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

import telemetry
from tests.usage.fleet import FLEET
from warehouse.errors import SettingInvalid

ROOT = Path(__file__).resolve().parents[1]
ASKED = """
import datetime as dt
import telemetry
from opentelemetry import trace
from queries.core.ask import ask
from warehouse.context import EVERYTHING, Context
from warehouse.trace import span

telemetry.configure()
with span("page", page="usage"):
    assert ask("usage_growth", Context(dt.date(2026, 3, 31), EVERYTHING)).state == "ok"
trace.get_tracer_provider().shutdown()
"""


@pytest.fixture
def collector():
    """A collector on loopback: its address, and the spans it was sent."""
    spans = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    spans.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/traces", spans
        server.shutdown()
        thread.join()


def test_a_page_its_question_and_its_queries_are_one_trace(
    warehouse, collector, monkeypatch, tmp_path
):
    warehouse(FLEET)
    endpoint, spans = collector
    monkeypatch.setenv("BELLWETHER_OTLP_ENDPOINT", endpoint)
    script = tmp_path / "asked.py"
    script.write_text(ASKED)
    ran = subprocess.run(
        [sys.executable, str(script)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    (page,) = [span for span in spans if span.name == "bellwether.page"]
    (question,) = [span for span in spans if span.name == "bellwether.question"]
    queries = [span for span in spans if span.name == "bellwether.query"]
    assert question.parent_span_id == page.span_id
    assert {query.parent_span_id for query in queries} == {question.span_id}
    assert len({span.trace_id for span in spans}) == 1
    tables = {
        attribute.value.string_value
        for query in queries
        for attribute in query.attributes
        if attribute.key == "bellwether.table"
    }
    assert tables == {"clusters", "account_usage_daily"}


def test_without_an_endpoint_nothing_is_loaded(monkeypatch):
    monkeypatch.delenv("BELLWETHER_OTLP_ENDPOINT", raising=False)
    monkeypatch.setattr(telemetry, "_send_to", lambda _: pytest.fail("spans were to be sent"))
    telemetry.configure()


def test_an_endpoint_without_the_packages_says_which_to_install(monkeypatch):
    telemetry._send_to.cache_clear()  # noqa: SLF001
    monkeypatch.setenv("BELLWETHER_OTLP_ENDPOINT", "http://127.0.0.1:4318/v1/traces")
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SettingInvalid, match="not installed") as missing:
        telemetry.configure()
    assert "requirements-telemetry.txt" in missing.value.remedy
