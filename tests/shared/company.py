"""A small company for account questions: rows with plain defaults, days as ISO text."""

import datetime as dt


def instant(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def contract(contract_id, account_id, start, end, *, arr=100.0, recorded=None, **terms):
    return {
        "contract_id": contract_id,
        "account_id": account_id,
        "recorded_at": instant(recorded or start),
        "status": "activated",
        "deployment_model": "customer_tenant",
        "hyperscaler": "aws",
        "start_date": dt.date.fromisoformat(start),
        "end_date": end and dt.date.fromisoformat(end),
        "arr_usd": arr,
        **terms,
    }


def account(account_id, **known):
    return {
        "account_id": account_id,
        "name": f"Account {account_id}",
        "segment": "enterprise",
        "region": "emea",
        "owner_id": "p1",
        "created_date": dt.date(2024, 1, 1),
        **known,
    }


def cluster(cluster_id, account_id, *, deployed="2025-01-01", retired=None):
    return {
        "cluster_id": cluster_id,
        "account_id": account_id,
        "hyperscaler": "aws",
        "deployed_at": instant(deployed),
        "retired_at": retired and instant(retired),
    }


def metered(cluster_id, first, last, tib, *, every=1):
    """Hourly capacity of `tib` from `first` to `last`, both days inclusive, landed next morning."""
    hour, end = instant(first), instant(last) + dt.timedelta(days=1)
    rows = []
    while hour < end:
        rows.append(
            {
                "cluster_id": cluster_id,
                "dimension": "capacity",
                "hour_start": hour,
                "recorded_at": instant(hour.date().isoformat()) + dt.timedelta(days=1, hours=2),
                "record_id": f"{cluster_id} {hour:%Y%m%d%H}",
                "quantity": tib,
                "unit": "TiB-Hours",
            }
        )
        hour += dt.timedelta(hours=every)
    return rows


def feature(account_id, name, day, operations, *, entitled=True):
    return {
        "account_id": account_id,
        "feature": name,
        "usage_date": dt.date.fromisoformat(day),
        "operations": operations,
        "is_entitled": entitled,
    }


def ticket(ticket_id, account_id, severity, created, solved=None):
    return {
        "ticket_id": ticket_id,
        "account_id": account_id,
        "severity": severity,
        "created_at": instant(created),
        "solved_at": solved and instant(solved),
        "status": "solved" if solved else "open",
    }


def incident(incident_id, account_id, created):
    return {"incident_id": incident_id, "account_id": account_id, "created_at": instant(created)}


def contact(contact_id, account_id, spoke):
    return {
        "contact_id": contact_id,
        "account_id": account_id,
        "last_contact_at": spoke and instant(spoke),
    }


def activity(activity_id, account_id, occurred, *, direction="two_way"):
    return {
        "activity_id": activity_id,
        "account_id": account_id,
        "occurred_at": instant(occurred),
        "direction": direction,
    }
