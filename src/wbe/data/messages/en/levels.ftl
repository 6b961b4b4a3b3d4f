# Levels: what may be believed of the months of places.
levels-draws =
    .came = draws = { $came }
    .needed = a whole number from 100
    .next = Six hundred are usual.
levels-month =
    .came = until = { $came }
    .needed = a month written as YYYY-MM
    .next = Write "2021-06", for example.
