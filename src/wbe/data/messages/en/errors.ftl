# Sentences that every room uses. A fault has the parts came, needed and next; all else is one sentence.
errors-file = file { $file }
errors-sheet = sheet { $sheet }
errors-row = row { $row }
errors-column = column { $column }
errors-fault = { $place }got { $came }; needed { $needed }. { $next }
errors-did-you-mean = Did you mean '{ $nearest }'?
errors-known-names = Known: { $known }.
errors-breaches = { $what }: { $count ->
    [one] one problem
   *[other] { $count } problems
}
errors-unknown-name =
    .came = { $what } '{ $name }'
    .needed = the name of one that is known
    .next = { $hint }
errors-no-samples =
    .came = { $place }(samples) with { $came }
    .needed = a Samples dataset
    .next = Read it first: wbe.read_samples(path).
errors-no-estimate =
    .came = { $place }(estimate) with an argument of type { $came }
    .needed = an Estimate
    .next = Make it first: wbe.estimate(samples).
errors-no-path =
    .came = { $place }(path) with { $came }
    .needed = a file or folder, as text or Path
    .next = Write for example "data/june.csv".
errors-argument-type = an argument of type { $type }
errors-missing-extra = { $module } is needed here and is not installed. It comes with the extra { $extra }: in the folder of wbe-drugs, run pip install '.[{ $extra }]'
