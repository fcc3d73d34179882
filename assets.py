"""Streamlit's page, scripts and styles, compressed and served from memory.

Streamlit sends them as they are and leaves compressing to a proxy, 9.6 MB for a first visit.
Scripts and styles are compressed once per Streamlit version. The page is Streamlit's own with a
line that tells it where the server is.
"""

import gzip
import hashlib
import logging
import mimetypes
import re
import tempfile
import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import brotli
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("bellwether.assets")
# Fonts and pictures are compressed already.
COMPRESSIBLE = frozenset({".css", ".js", ".json", ".svg"})
PREFIX = "/static/"
CHARTS = "js/PlotlyChart."
# V8 reads it and compiles all functions of the script on another thread, while it arrives. Without
# it the main thread reads most of them twice and compiles them one by one when they are called.
COMPILED_AHEAD = b"//# allFunctionsCalledOnLoad\n"
INDEX = "index.html"
# Their names carry a hash of what is in them.
IMMUTABLE = "public, max-age=31536000, immutable"
CHECKED = "no-cache"
# Left alone, the page of /overview looks for its server below /overview first, and waits 100 ms
# after the 404. Every page lies where the server does, one name below its folder.
HEAD = b"<head>"
SERVER = (
    b"<script>window.__streamlit = { BACKEND_BASE_URL: new URL('.', location.href).href }</script>"
)
NOT_MODIFIED = 304
REFUSED = re.compile(r"q=0(\.0*)?")
# A higher quality saves 3 % and takes six times as long at the first start.
BROTLI_QUALITY = 5
# By the name of the content coding, the smaller first. Browsers take brotli over TLS and loopback.
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=BROTLI_QUALITY, lgwin=24),
    "gzip": lambda body: gzip.compress(body, mtime=0),
}
UNCODED = "identity"


@dataclass(frozen=True)
class Asset:
    """A file as it is sent: its bytes in a coding, the type they unpack to, its own headers."""

    coding: str
    body: bytes
    media_type: str
    headers: Mapping[str, str]


class CompressedAssets:
    """ASGI middleware that answers for what lies compressed, in the first coding accepted.

    Everything else is handed on: to clients that accept no coding, for fonts, pictures and unknown
    addresses, Streamlit answers itself. A page says where the server is, and names the script of
    the charts in its head, so that a browser fetches it while it starts, and not once it meets a
    chart.

    `originals` is the folder that Streamlit serves below /static/; what is made from it is kept in
    the folder `kept`. `pages` are the addresses of the app's pages.
    """

    def __init__(self, app: ASGIApp, originals: Path, kept: Path, pages: Collection[str]) -> None:
        self._app = app
        self._assets = {
            PREFIX + name: _assets(name, bodies, {"Cache-Control": IMMUTABLE})
            for name, bodies in compressed(originals, kept).items()
        }
        page = _page(originals.parent / INDEX, [*self._assets])
        self._assets |= dict.fromkeys(pages, page)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        assets = self._assets.get(scope["path"], ()) if asked else ()
        accepted = Headers(scope=scope).get("accept-encoding", "") if assets else ""
        asset = next((one for one in assets if accepts(accepted, one.coding)), None)
        if asset:
            await _response(asset, scope)(scope, receive, send)
            return

        async def amend(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Accept-Encoding")
            await send(message)

        await self._app(scope, receive, amend if assets else send)


def _assets(
    name: str, bodies: Mapping[str, bytes], headers: Mapping[str, str]
) -> tuple[Asset, ...]:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return tuple(
        Asset(coding, body, media_type, {**headers, "ETag": f'"{_hash(body)}"'})
        for coding, body in bodies.items()
    )


def _page(index: Path, scripts: Collection[str]) -> tuple[Asset, ...]:
    """Streamlit's page as the app's pages send it; nothing where Streamlit has none."""
    if not index.exists():
        return ()
    body = index.read_bytes().replace(HEAD, HEAD + SERVER, 1)
    bodies = {coding: compress(body) for coding, compress in CODINGS.items()} | {UNCODED: body}
    ahead = ", ".join(
        f"<.{path}>; rel=modulepreload; fetchpriority=low"
        for path in scripts
        if path.startswith(PREFIX + CHARTS)
    )
    return _assets(INDEX, bodies, {"Cache-Control": CHECKED, "Link": ahead})


def _response(asset: Asset, scope: Scope) -> Response:
    headers = {**asset.headers, "Vary": "Accept-Encoding"}
    known = Headers(scope=scope).get("if-none-match", "")
    tags = [tag.strip().removeprefix("W/") for tag in known.split(",")]
    if known == "*" or headers["ETag"] in tags:
        return Response(status_code=NOT_MODIFIED, headers=headers)
    headers["Content-Length"] = str(len(asset.body))
    if asset.coding != UNCODED:
        headers["Content-Encoding"] = asset.coding
    body = b"" if scope["method"] == "HEAD" else asset.body
    return Response(body, headers=headers, media_type=asset.media_type)


def accepts(header: str, coding: str) -> bool:
    """Whether an Accept-Encoding header allows a coding: named, or by `*`, not with weight 0.

    No coding at all is allowed unless it is refused.
    """
    codings = "".join(header.lower().split()).split(",")
    weights = {name: weight for name, _, weight in (coding.partition(";") for coding in codings)}
    weight = weights.get(coding, weights.get("*", "" if coding == UNCODED else None))
    return weight is not None and not REFUSED.fullmatch(weight)


def compressed(originals: Path, kept: Path) -> dict[str, dict[str, bytes]]:
    """The compressible files below `originals` by their path, each in every coding.

    The script of the charts is sent with a first line that has it compiled ahead, to clients that
    accept no coding too.

    They are made once and kept in the folder `kept`, in one archive named after what they were
    made from; another Streamlit has them made again. An archive that cannot be read is made again,
    and where it cannot be written the files are compressed at every start.
    """
    files = {
        path.relative_to(originals).as_posix(): path.read_bytes()
        for path in sorted(originals.rglob("*"))
        if path.suffix in COMPRESSIBLE
    }
    archive = kept / f"{_fingerprint(files)}.zip"
    try:
        return _read(archive)
    except FileNotFoundError:
        pass
    except (OSError, zipfile.BadZipFile) as error:
        log.warning("The compressed assets cannot be read and are made again.", exc_info=error)
    made = {name: _bodies(name, body) for name, body in files.items()}
    try:
        _write(made, archive)
    except OSError as error:
        log.warning("The compressed assets cannot be kept.", exc_info=error)
    return made


def _bodies(name: str, body: bytes) -> dict[str, bytes]:
    is_ahead = name.startswith(CHARTS)
    sent = COMPILED_AHEAD + body if is_ahead else body
    bodies = {coding: compress(sent) for coding, compress in CODINGS.items()}
    return bodies | {UNCODED: sent} if is_ahead else bodies


def _fingerprint(files: Mapping[str, bytes]) -> str:
    said = [f"{name} {_hash(body)}" for name, body in files.items()]
    made = [*CODINGS, str(BROTLI_QUALITY), COMPILED_AHEAD.decode()]
    return _hash("\n".join([*made, *said]).encode())


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]


def _read(archive: Path) -> dict[str, dict[str, bytes]]:
    """What an archive holds, in one folder per coding."""
    made: dict[str, dict[str, bytes]] = {}
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.namelist():
            coding, _, name = entry.partition("/")
            made.setdefault(name, {})[coding] = opened.read(entry)
    return made


def _write(made: Mapping[str, Mapping[str, bytes]], archive: Path) -> None:
    """Put an archive in its place whole, and take those of other versions away."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        whole = Path(folder) / archive.name
        with zipfile.ZipFile(whole, "w") as opened:
            for name, bodies in made.items():
                for coding, body in bodies.items():
                    opened.writestr(f"{coding}/{name}", body)
        whole.chmod(0o600)
        whole.replace(archive)
    for other in archive.parent.glob("*.zip"):
        if other != archive:
            other.unlink(missing_ok=True)
