"""Where tables live: the contract, the engine, the rollups, the loaders and the cache."""

VERSION = "0.1.0"
