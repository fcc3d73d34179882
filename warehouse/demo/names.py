"""Invented names: composed of syllables, so that none can be mistaken for a real company."""

import itertools

from warehouse.demo.draws import Draws

_HEADS = (
    *("Orv", "Tesq", "Brelv", "Quom", "Zarv", "Wundr", "Plyth", "Grenv", "Skelv", "Mirq"),
    *("Drov", "Falq", "Jurv", "Kelth", "Lumv", "Norq", "Pelv", "Rusq", "Vexl", "Yalv"),
)
_TAILS = (
    *("ane", "uil", "omar", "ith", "essa", "oric", "ulane", "etto"),
    *("andle", "iffe", "ombra", "uska", "erel", "oyde", "anth", "imund"),
)
TRADES: dict[str, tuple[str, ...]] = {
    "Media": ("Pictures", "Animation", "Broadcast"),
    "Life sciences": ("Genomics", "Assays", "Proteins"),
    "Manufacturing": ("Looms", "Castings", "Turbines"),
    "Financial services": ("Mutual", "Ledgers", "Actuaries"),
    "Energy": ("Windworks", "Seismics", "Grids"),
    "Semiconductors": ("Optics", "Wafers", "Lithography"),
    "Automotive": ("Motors", "Axles", "Autonomy"),
    "Public research": ("Observatory", "Institute", "Archive"),
}
_GIVEN = (
    *("Anwel", "Brisolde", "Corvin", "Delka", "Ersin", "Fenwa", "Goril", "Hestra"),
    *("Ilvar", "Jessamo", "Korbel", "Lirien", "Maruk", "Nessol", "Odrin", "Perrix"),
)
_FAMILY = (
    *("Arquist", "Belthane", "Corrowen", "Drummel", "Eskerly", "Farnoth", "Gressil", "Hollowin"),
    *("Ingrave", "Jorvath", "Keldram", "Lassivoe", "Mordrake", "Nellenby", "Orrick", "Pascoyne"),
)


def company_stems(how_many: int) -> list[str]:
    """Distinct invented first words of company names, in a mixed order."""
    stems = ["".join(parts) for parts in itertools.product(_HEADS, _TAILS)]
    return Draws("company names").shuffled(stems)[:how_many]


def person_names(how_many: int) -> list[str]:
    """Distinct invented names of people, in a mixed order."""
    names = [" ".join(parts) for parts in itertools.product(_GIVEN, _FAMILY)]
    return Draws("person names").shuffled(names)[:how_many]


def mailbox(name: str, domain: str) -> str:
    """An address under `domain`, which ends in the reserved .example."""
    return f"{name.lower().replace(' ', '.')}@{domain}"
