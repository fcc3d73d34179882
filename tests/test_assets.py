"""The compressed assets: what is sent to whom, and what is kept."""

import asyncio
import gzip
import os
import stat
import zipfile
from pathlib import Path

import brotli
import pytest
import streamlit
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount
from streamlit.web.server.starlette.starlette_static_routes import create_streamlit_static_handler

from assets import (
    CODINGS,
    COMPILED_AHEAD,
    COMPRESSIBLE,
    IMMUTABLE,
    SERVER,
    CompressedAssets,
    accepts,
    compressed,
)
from tests import asgi

STATIC = Path(streamlit.__file__).parent / "static"
JAVASCRIPT = "text/javascript; charset=utf-8"
SCRIPT = next(path for path in sorted((STATIC / "static" / "js").glob("index.*.js")))
ADDRESS = f"/static/js/{SCRIPT.name}"
(CHARTS,) = (STATIC / "static" / "js").glob("PlotlyChart.*.js")
UNPACK = {"br": brotli.decompress, "gzip": gzip.decompress}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def asked(kept):
    """A function that asks for a path and gives status, headers and body.

    Behind the middleware stands what Streamlit serves its own files with.
    """
    app = Starlette(
        routes=[Mount("/", create_streamlit_static_handler(str(STATIC), None))],
        middleware=[
            Middleware(
                CompressedAssets, originals=STATIC / "static", kept=kept, pages=["/overview"]
            )
        ],
    )

    def ask(path, accept="gzip, deflate, br, zstd", method="GET", **headers):
        sent = {"accept-encoding": accept, **{k.replace("_", "-"): v for k, v in headers.items()}}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "root_path": "",
            "query_string": b"",
            "headers": [(k.encode(), v.encode()) for k, v in sent.items() if v is not None],
        }
        messages = []

        async def receive():
            # The client stays and says no more.
            await asyncio.Event().wait()

        async def send(message):
            messages.append(message)

        asgi.run(app(scope, receive, send))
        start, *bodies = messages
        told = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], told, b"".join(message.get("body", b"") for message in bodies)

    return ask


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, *", "gzip"),
        ("br", "br"),
        ("*", "br"),
    ],
)
def test_a_script_travels_compressed_and_is_the_original(asked, accept, coding):
    status, headers, body = asked(ADDRESS, accept)
    assert (status, headers["content-encoding"]) == (200, coding)
    assert headers["content-type"] == JAVASCRIPT
    assert headers["cache-control"] == IMMUTABLE == "public, max-age=31536000, immutable"
    assert (headers["vary"], headers["content-length"]) == ("Accept-Encoding", str(len(body)))
    assert UNPACK[coding](body) == SCRIPT.read_bytes()
    assert len(body) < SCRIPT.stat().st_size / 3


def test_every_compressible_file_unpacks_to_the_original(kept):
    originals = {
        path.relative_to(STATIC / "static").as_posix(): path.read_bytes()
        for path in (STATIC / "static").rglob("*")
        if path.suffix in COMPRESSIBLE
    }
    made = compressed(STATIC / "static", kept)
    charts = CHARTS.relative_to(STATIC / "static").as_posix()
    originals[charts] = COMPILED_AHEAD + originals[charts]
    for coding, unpack in UNPACK.items():
        assert {name: unpack(bodies[coding]) for name, bodies in made.items()} == originals
    assert {name: tuple(bodies) for name, bodies in made.items()} == {
        name: (*CODINGS, "identity") if name == charts else tuple(CODINGS) for name in originals
    }
    assert len(originals) > 300


@pytest.mark.parametrize("accept", ["br", "gzip", "", "identity"])
def test_the_script_of_the_charts_is_streamlits_own_and_compiled_ahead(asked, accept):
    status, headers, body = asked(f"/static/js/{CHARTS.name}", accept)
    assert (status, headers["cache-control"]) == (200, IMMUTABLE)
    script = UNPACK.get(headers.get("content-encoding"), bytes)(body)
    assert script == b"//# allFunctionsCalledOnLoad\n" + CHARTS.read_bytes()


@pytest.mark.parametrize("accept", [None, "", "identity", "deflate", "gzip;q=0", "*;q=0, zstd"])
def test_who_accepts_no_coding_gets_the_file_of_streamlit(asked, accept):
    status, headers, body = asked(ADDRESS, accept)
    assert (status, body) == (200, SCRIPT.read_bytes())
    assert "content-encoding" not in headers
    assert headers["vary"] == "Accept-Encoding"
    tags = {asked(ADDRESS, coding)[1]["etag"] for coding in CODINGS}
    assert len({headers["etag"], *tags}) == 3


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("GZIP , br", True),
        ("br;q=1.0, gzip;q=0.5", True),
        ("*", True),
        ("br, *;q=0.1", True),
        ("gzip;q=0.000", False),
        ("gzip; q=0, *", False),
        ("x-gzip-like", False),
        (";;,q", False),
        ("", False),
    ],
)
def test_the_header_is_read_with_its_weights(header, accepted):
    assert accepts(header, "gzip") is accepted


def test_a_known_tag_is_not_sent_again(asked):
    etag = asked(ADDRESS)[1]["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        status, headers, body = asked(ADDRESS, if_none_match=known)
        assert (status, body) == (304, b"")
        assert (headers["etag"], headers["vary"]) == (etag, "Accept-Encoding")
        assert headers["cache-control"] == IMMUTABLE
        assert "content-encoding" not in headers
    assert asked(ADDRESS, if_none_match='"other"')[0] == 200


def test_head_has_the_headers_and_no_body(asked):
    status, headers, body = asked(ADDRESS, method="HEAD")
    assert (status, body) == (200, b"")
    assert headers == asked(ADDRESS)[1]


def test_what_is_compressed_already_and_what_is_no_asset_is_left_to_streamlit(asked):
    font = next(path for path in sorted((STATIC / "static" / "media").glob("*.woff2")))
    status, headers, body = asked(f"/static/media/{font.name}")
    assert (status, body) == (200, font.read_bytes())
    assert "content-encoding" not in headers
    index = (STATIC / "index.html").read_bytes()
    for path in ("/", "/overview/unknown", "/static/js/unknown.js", "/static/"):
        _, headers, body = asked(path)
        assert headers["cache-control"] == "no-cache"
        assert body in {index, b""}
        assert not {"vary", "link"} & {*headers}
    assert asked(ADDRESS, method="POST")[0] == 405


def test_a_page_has_the_script_of_the_charts_fetched_ahead(asked):
    link = asked("/overview")[1]["link"]
    assert link == f"<./static/js/{CHARTS.name}>; rel=modulepreload; fetchpriority=low"
    assert asked(f"/static/js/{CHARTS.name}")[:1] == (200,)
    assert "link" not in asked(ADDRESS)[1]


@pytest.mark.parametrize(
    ("accept", "coding"), [("gzip, br", "br"), ("gzip", "gzip"), ("", None), ("identity", None)]
)
def test_a_page_is_streamlits_own_and_says_where_the_server_is(asked, accept, coding):
    status, headers, body = asked("/overview", accept)
    assert (status, headers.get("content-encoding")) == (200, coding)
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert (headers["cache-control"], headers["vary"]) == ("no-cache", "Accept-Encoding")
    page = UNPACK.get(coding, bytes)(body)
    assert page.count(SERVER) == 1
    assert page.replace(SERVER, b"") == (STATIC / "index.html").read_bytes()
    assert page.index(SERVER) < page.index(b'<script type="module"')
    status, headers, body = asked("/overview", accept, if_none_match=headers["etag"])
    assert (status, body, headers["cache-control"]) == (304, b"", "no-cache")


def test_who_refuses_even_a_page_as_it_is_gets_the_page_of_streamlit(asked):
    _, headers, body = asked("/overview", "identity;q=0, *;q=0")
    assert (body, headers["vary"]) == ((STATIC / "index.html").read_bytes(), "Accept-Encoding")


def test_the_start_of_the_server_is_handed_on(kept):
    handed = []

    async def app(scope, receive, send):
        handed.append((scope, receive, send))

    async def nothing(*_):
        pass

    assets = CompressedAssets(app, originals=STATIC / "static", kept=kept, pages=[])
    asgi.run(assets({"type": "lifespan"}, nothing, nothing))
    assert handed == [({"type": "lifespan"}, nothing, nothing)]


@pytest.mark.parametrize(
    "path",
    [
        "/static/js/../../index.html",
        "/static/../static/../../../app.py",
        f"/static/js/..\\js\\{SCRIPT.name}",
        f"/static//{SCRIPT}",
        "//static/js/x.js",
        f"/static/js/{SCRIPT.name}\0",
    ],
)
def test_no_path_leads_out(asked, path):
    status, headers, body = asked(path)
    assert status in {200, 400, 404}
    assert "content-encoding" not in headers
    assert body in {b"Bad Request", b"", (STATIC / "index.html").read_bytes()}


@pytest.fixture
def originals(tmp_path):
    folder = tmp_path / "originals"
    folder.mkdir()
    (folder / "a.js").write_text("export const a = 1;\n" * 100)
    (folder / "a.woff2").write_bytes(b"font")
    return folder


def archives(folder):
    return sorted(folder.glob("*"))


def test_it_is_made_once_and_again_for_another_streamlit(originals, tmp_path, monkeypatch):
    kept = tmp_path / "kept"
    first = compressed(originals, kept)
    (archive,) = archives(kept)
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with monkeypatch.context() as patched:
        patched.setattr(gzip, "compress", None)
        patched.setattr(brotli, "compress", None)
        assert compressed(originals, kept) == first
    (originals / "a.js").write_text("export const a = 2;\n" * 100)
    assert gzip.decompress(compressed(originals, kept)["a.js"]["gzip"]).startswith(
        b"export const a = 2;"
    )
    (other,) = archives(kept)
    assert other != archive


@pytest.mark.parametrize("broken", [b"", b"PK no archive", "cut", "flipped"])
def test_a_broken_archive_is_made_again(originals, tmp_path, broken, caplog):
    kept = tmp_path / "kept"
    first = compressed(originals, kept)
    (archive,) = archives(kept)
    whole = archive.read_bytes()
    flipped = bytearray(whole)
    flipped[60] ^= 1
    archive.write_bytes({"cut": whole[:-40], "flipped": bytes(flipped)}.get(broken, broken))
    assert compressed(originals, kept) == first
    assert "made again" in caplog.text
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None


@pytest.mark.skipif(os.name != "posix", reason="permissions of Unix")
def test_where_nothing_can_be_kept_it_is_compressed_at_every_start(originals, tmp_path, caplog):
    nowhere = tmp_path / "file"
    nowhere.write_text("in the way")
    assert gzip.decompress(compressed(originals, nowhere)["a.js"]["gzip"]).count(b"\n") == 100
    assert "cannot be kept" in caplog.text


def test_without_the_folder_streamlit_serves_alone(tmp_path):
    assert compressed(tmp_path / "nowhere", tmp_path / "kept") == {}
