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
trends-same-month =
    .came = { $month } against itself
    .needed = two months
    .next = Choose another month to compare with.
trends-no-number = { $month }: { $reason }
trends-method-pair = method changed ({ $early } to { $late })
trends-event-order =
    .came = an event from { $start } to { $end }
    .needed = a first month that is not after the last
    .next = Swap them.
trends-event-months =
    .came = { $came }
    .needed = a whole number of months from 1
    .next = Three are usual.
trends-event-sides =
    .came = districts { $districts } against { $controls }
    .needed = at least one district on each side and none on both
    .next = Name the districts that the measure touched, and others that it did not.
trends-event-no-number = no number { $period ->
    [before] before the event
    [during] during the event
   *[after] after the event
}
trends-event-methods = several methods ({ $methods }): no probability across a change of method
trends-event-side-empty = no comparable months on one of the two sides
trends-one-drug = one drug alone: a step of the laboratory can look like this, and no other drug could tell
trends-laboratory-or-city = laboratory or city: cannot tell (a step of the laboratory at { $month } has a probability of { $p })
trends-step-taken-out = a step of the laboratory at { $month } (probability { $p }) is taken out of the slope
