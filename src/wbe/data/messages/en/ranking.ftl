# Ranks of districts.
ranking-not-ranked = not ranked: { $reason }
ranking-shared = cannot be separated from { $districts }
ranking-apart = separated from all others
