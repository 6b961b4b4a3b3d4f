# What left the house.
published-broken-chain = { $file }, entry { $row }: it was altered, or does not follow the one before. The ledger can only grow; take back the copy that was kept.
published-exposed = the edition is not written down: beside what was published before it tells a single plant's load in { $cells }. Withhold these cells (Policy.withholding).
published-no-key = { $file } is missing: without the key nobody can tell whether a sample was restated since it was published. Put back the copy that was kept.
published-frozen = { $months }: the number stands as it was published.
