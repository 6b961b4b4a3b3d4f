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
levels-no-forecasts =
    .came = a table without { $columns }
    .needed = forecasts as wbe.levels.forecasts gives
    .next = Keep its columns when you write it down.
levels-mixed-forecasts =
    .came = several values of { $columns }
    .needed = forecasts of one quantity and one level
    .next = Score each by itself.
