"""OpenTelemetry: spans go to the endpoint that the settings name, and nowhere without one."""

import functools

import settings
from warehouse.errors import SettingInvalid


def configure() -> None:
    """Send spans where the settings say; again has no further effect.

    Raises `SettingInvalid` where an endpoint is named and the packages for it are missing.
    """
    endpoint = settings.value("BELLWETHER_OTLP_ENDPOINT")
    if endpoint != settings.SETTINGS["BELLWETHER_OTLP_ENDPOINT"].default:
        _send_to(endpoint)


@functools.cache
def _send_to(endpoint: str) -> None:
    try:
        # Loaded only where spans are wanted: a quarter of a second and a dozen packages.
        from opentelemetry import trace  # noqa: PLC0415
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as missing:
        raise SettingInvalid(
            "BELLWETHER_OTLP_ENDPOINT is set and the packages that send spans are not installed.",
            "Install them with `pip install -r requirements-telemetry.txt`, or unset it.",
        ) from missing
    provider = TracerProvider(resource=Resource.create({"service.name": "bellwether"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)
