"""The closed vocabularies that several tables share."""

HYPERSCALERS = ("azure", "gcp", "aws", "none")
DEPLOYMENT_MODELS = ("on_prem", "customer_tenant", "saas")
DIMENSIONS = ("capacity", "egress")
SEGMENTS = ("enterprise", "mid_market", "startup", "public_sector")
REGIONS = ("amer", "emea", "apac")
