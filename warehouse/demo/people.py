"""The colleagues: customer-success owners and the site reliability engineers of two sites."""

import polars as pl

from warehouse.demo.names import mailbox, person_names

OWNERS = 9
SITES = {"Berlin": "Europe/Berlin", "New York": "America/New_York"}
PER_SITE = 7
DOMAIN = "ourcompany.example"

OWNER_IDS = tuple(f"per-cs-{number:02d}" for number in range(1, OWNERS + 1))
ENGINEER_IDS = {
    site: tuple(f"per-sre-{site[0].lower()}{number}" for number in range(1, PER_SITE + 1))
    for site in SITES
}


def people() -> pl.DataFrame:
    """One row per colleague, in the contract's shape; the last owner has left the company."""
    ids = [*OWNER_IDS, *(one for site in SITES for one in ENGINEER_IDS[site])]
    names = person_names(len(ids))
    rows = []
    for person_id, name in zip(ids, names, strict=True):
        site = next((site for site in SITES if person_id in ENGINEER_IDS[site]), None)
        rows.append(
            {
                "person_id": person_id,
                "name": name,
                "email": mailbox(name, DOMAIN),
                "role": "Site reliability engineer" if site else "Customer success manager",
                "team": "SRE" if site else "Customer success",
                "site": site or "Berlin",
                "time_zone": SITES[site or "Berlin"],
                "is_active": person_id != OWNER_IDS[-1],
            }
        )
    return pl.DataFrame(rows)
