# Levels: what may be believed of the months of places.
levels-draws =
    .came = draws = { $came }
    .needed = a whole number from 100
    .next = Six hundred are usual.
levels-month =
    .came = until = { $came }
    .needed = a month written as YYYY-MM
    .next = Write "2021-06", for example.
levels-ahead =
    .came = ahead = { $came }
    .needed = a whole number of months from 0 to 12
    .next = Three are usual.
levels-level =
    .came = level = { $came }
    .needed = a probability between 0 and 1
    .next = Write 0.9 for 90 %.
