# What a load comes from.
origin-fraction =
    .came = an enantiomeric fraction of { $came }
    .needed = R/(R+S), between 0 and 1
    .next = Check which enantiomer stands above, and whether it is a percentage.
origin-positive =
    .came = { $what } { $came }
    .needed = a finite number above 0
    .next = Leave it out where one of the two was not detected.
origin-no-samples =
    .came = { $where } of an answer without samples
    .needed = an Estimate
    .next = Published loads hold no single samples, so no ratios within one: wbe.estimate(samples).
origin-parent-below = { $parent } was below its limit in { $count } of the samples and is taken at it
origin-lead = also comes from { $parent }; no ratio is held, so the origin stays unresolved: { $reason }
origin-parent-not-measured = also comes from { $parent }, which was not measured in the same samples: { $reason }
origin-own-use = more { $biomarker } than { $parent } leaves (p = { $p })
origin-parent-may-leave = { $parent } alone may leave this much { $biomarker } (p = { $p }): origin unresolved
origin-no-tracer = no tracer was measured beside { $biomarker }: only published shares speak here
origin-alike = cannot be told apart by what was measured: { $sources }
origin-call-use = { $drug }: use (odds { $use } to 1 against the rest)
origin-call-discharge = { $drug }: product that no body took reached the sewer (odds { $discharge } to 1 against use); check before acting
origin-call-not-consumed = { $drug }: product that no body took, from discharge or manufacture (odds of discharge { $discharge } to 1 against use)
origin-call-medicine = { $drug }: likeliest a medicine
origin-call-cannot-tell = { $drug }: cannot tell (odds of discharge { $discharge } to 1 against use)
origin-recent =
    .came = recent = { $came }
    .needed = a whole number of months above 0
    .next = Three is usual: a month alone holds few samples.
origin-city-only = { $where }: single districts and samples stand behind it, and the { $edition } edition shows none. Use the internal edition.
origin-panel-not-run = not run in any sample: nothing can be said
origin-panel-not-found = { $count ->
    [one] looked for in one sample
   *[other] looked for in { $count } samples
 } and never found above its limit
origin-panel-new = found for the first time in { $month }, after { $before ->
    [one] one sample
   *[other] { $before } samples
 } without it
origin-panel-more-often = found more often of late: { $now } samples against { $then } before
origin-panel-gone = last found in { $month }; looked for since in { $since ->
    [one] one sample
   *[other] { $since } samples
 }
origin-panel-no-factor = no factor: load, trend and frequency only, no consumption
