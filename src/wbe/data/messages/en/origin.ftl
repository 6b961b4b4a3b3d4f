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
