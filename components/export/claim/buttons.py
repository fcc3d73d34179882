"""The buttons that hand out the card of a benchmark claim as a file."""

from functools import partial

from components.benchmarks.claim_card import ClaimCard
from components.export import download
from components.export.claim.document import to_json
from components.export.delivery import File

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def buttons(card: ClaimCard, *, key: str) -> None:
    """PNG, PPTX and JSON of the card; no file is made before it is asked for."""
    made = (
        ("png", "image/png", _png),
        ("pptx", PPTX, _pptx),
        ("json", "application/json", to_json),
    )
    name, shown = card.file_name, card.claim.context.scope
    files = [File(name, ending, kind, shown, partial(make, card)) for ending, kind, make in made]
    download.buttons(files, key=f"{key}_card")


# What draws is loaded with the first file only: a page that shows a card draws none.
def _png(card: ClaimCard) -> bytes:
    from components.export.claim.picture import to_png  # noqa: PLC0415

    return to_png(card)


def _pptx(card: ClaimCard) -> bytes:
    from components.export.claim.slide import to_pptx  # noqa: PLC0415

    return to_pptx(card)
