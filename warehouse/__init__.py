"""Where tables live: the contract, the engine, the rollups, the loaders and the cache."""
