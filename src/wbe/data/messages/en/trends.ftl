# Trends and changes: why there is no number, and what to keep in mind beside one.
trends-no-month =
    .came = no month between { $first } and { $last }
    .needed = a window with months of the estimate: { $months }
    .next = Choose first and last among them.
trends-months-missing = { $count } of { $of } months missing
trends-method-changed = method changed at { $at }: each method has its own level
trends-months-below = { $count ->
    [one] 1 month below the limit
   *[other] { $count } months below the limit
}
trends-rank-test-blind = a rank test cannot be significant with n={ $count }
trends-too-few-detected = too few detected months for a slope ({ $count } of { $of })
trends-too-few-months = too few months for a slope once each method has its own level
trends-no-number = { $month }: { $reason }
trends-method-pair = method changed ({ $early } to { $late })
