# Series of loads that others have published, and what judges ask of an answer.
answer-level =
    .came = level { $level }
    .needed = a probability between 0 and 1
    .next = Write 0.95 for 95 %.
answer-no-column =
    .came = a frame of loads without the column '{ $name }'
    .needed = the columns district, month, drug and median
    .next = { $hint }
answer-no-error =
    .came = numbers without an error
    .needed = the column se_log (standard error of the logarithm), or lower and upper
    .next = Give what the publication says about its uncertainty.
answer-empty =
    .came = a frame of loads without rows
    .needed = one row for each area, month and drug
    .next = See which rows were left out.
answer-bad-numbers =
    .came = { $count ->
        [one] 1 value of { $field } that is no number, negative or infinite
       *[other] { $count } values of { $field } that are no numbers, negative or infinite
    }
    .needed = numbers from 0 on; blank where there is none
    .next = Correct them.
answer-month =
    .came = { $field } { $came }
    .needed = calendar months such as 2021-06
    .next = Write the year and the month, or use periods.
answer-status =
    .came = { $field } { $came }
    .needed = one of { $known }
    .next = Leave the column out to have it worked out from the numbers and limits.
answer-row-twice =
    .came = { $came } in more than one row
    .needed = one row for each area, month and drug
    .next = Keep one, or join them by an estimate of your own.
answer-interval =
    .came = { $count ->
        [one] 1 interval that does not hold its median
       *[other] { $count } intervals that do not hold their medians
    }
    .needed = lower, median and upper in this order
    .next = Correct them.
answer-number-without-error =
    .came = { $count ->
        [one] 1 number without an error
       *[other] { $count } numbers without an error
    }
    .needed = se_log, or lower above 0 and upper, beside every number
    .next = Give what the publication says about its uncertainty.
answer-estimate-without-number =
    .came = { $count ->
        [one] 1 row with the status estimate and no median above 0
       *[other] { $count } rows with the status estimate and no median above 0
    }
    .needed = a median, or the status below_limit or no_data
    .next = Correct the status.
answer-below-no-limit =
    .came = { $count ->
        [one] 1 row below a limit that is not given
       *[other] { $count } rows below limits that are not given
    }
    .needed = the column limit, above 0
    .next = Give the limit as a load in the same unit.
answer-no-sample = no sample
answer-below-limit = below the limit
answer-not-measured = not measured
answer-found = found, not quantified
answer-rejected = result unreadable or rejected
answer-missing = sampled, no result given
answer-no-factor = no defensible factor
answer-no-dose = no dose claim
answer-no-scenario = no use scenario
answer-origin-unresolved = origin unresolved
answer-not-shown = not shown
answer-no-flow = flow not known
answer-no-population = population not known
answer-incomplete = plants are missing
answer-other-status = { $status }
answer-no-such-month =
    .came = month { $month }
    .needed = a month of the estimate, from { $first } to { $last }
    .next = Choose one of these.
