# Breaches of the schema of Samples: each one line under a heading that counts them.
samples-no-dimension = dimension '{ $name }' is missing
samples-no-variable = variable '{ $name }' is missing
samples-no-coordinate = coordinate '{ $name }' on 'sample' is missing
samples-no-column = column '{ $column }' is missing from the table '{ $table }'
samples-no-unit = { $variable } has no 'units' attribute; needed { $needed }
samples-unit-refused = the unit cannot be used: { $reason }
samples-unit = { $name } is in '{ $came }'; needed '{ $needed }'
samples-dimensions = { $name } has the dimensions { $came }; needed at most { $needed }
samples-bad-numbers = { $count ->
    [one] { $name } has 1 negative or infinite value
   *[other] { $name } has { $count } negative or infinite values
}
samples-above-one = { $count ->
    [one] { $name } has 1 value above 1
   *[other] { $name } has { $count } values above 1
}
samples-unknown-flag = flag has values that are none of { $known }
samples-detected-without-number = { $count ->
    [one] 1 result is flagged detected and has no concentration
   *[other] { $count } results are flagged detected and have no concentration
}
samples-absent-with-number = { $count ->
    [one] 1 result is flagged not run, missing or rejected and still carries a concentration
   *[other] { $count } results are flagged not run, missing or rejected and still carry a concentration
}
samples-unknown-word = { $name } has the unknown values { $came }; known: { $known }
samples-repeated-ids = ids along '{ $dimension }' repeat; give each its own (replicates share site and time, not the id)
samples-result-twice = result { $result } is given more than once; give replicates their own sample id
samples-result-of-nobody = results name samples that are not in the sample table: { $samples }
samples-no-times = { $name } holds { $came }; needed times (datetime64)
samples-undated = { $count ->
    [one] 1 sample has no time
   *[other] { $count } samples have no time
}
samples-ends-first = { $count ->
    [one] 1 sample has a time_end before its time
   *[other] { $count } samples have a time_end before their time
}
samples-place-missing = { $count ->
    [one] 1 sample has no { $name } while others name theirs; name it for every sample
   *[other] { $count } samples have no { $name } while others name theirs; name it for every sample
}
samples-place-in-two = { $name } '{ $place }' is given in more than one { $outer } ({ $several }); write a name of its own for each
samples-time-not-a-date = { $column }: { $count ->
    [one] 1 cell is no date ({ $cells }); write it as 2021-06-24
   *[other] { $count } cells are no dates ({ $cells }); write them as 2021-06-24
}
samples-time-two-ways = { $column }: { $cells } can be read as day/month or as month/day ({ $count }); write it as 2021-06-24
samples-time-month-only = { $column }: { $cells } names a month without a day ({ $count }); write the day of sampling, or the first day in time and the last in time_end
samples-time-offsets = { $column }: times are given with the offsets { $offsets }; say which zone the plants are in, such as zone="Asia/Shanghai"
samples-time-zone = zone '{ $zone }' is not known; write one such as "Asia/Shanghai"
samples-unit-level =
    .came = level '{ $level }'
    .needed = one of { $known }
    .next = { $hint }
samples-unit-circle =
    .came = unit '{ $unit }', which is contained in itself
    .needed = units in each other, without a circle
    .next = Correct contained_in.
samples-unit-upside-down =
    .came = { $level } '{ $unit }' inside { $above } '{ $outer }'
    .needed = a holder of a higher level
    .next = Correct level or contained_in.
