# Triangulation: counts of offices beside sewage loads.
triangulate-no-file =
    .came = no table that can be read
    .needed = a CSV in UTF-8 or GB18030, or an .xlsx workbook
    .next = Check the path, or save the table as CSV.
triangulate-person =
    .came = a column about persons
    .needed = counts by district and month only
    .next = Delete the column, count by district and month, and keep the persons' rows where they are.
triangulate-column =
    .came = a column that is neither a place, a month, a drug nor a known indicator
    .needed = district, month, indicator, count, denominator, drug, or the name of an indicator
    .next = { $hint } Rename the column or leave it out.
triangulate-column-twice =
    .came = two columns { $name }
    .needed = one
    .next = Leave one out.
triangulate-missing-column =
    .came = no column { $name }
    .needed = district and month, and either indicator and count or a column for each indicator
    .next = Add the column.
triangulate-empty =
    .came = no row
    .needed = one row for each district and month
    .next = Check the table.
triangulate-no-district =
    .came = an empty district
    .needed = its name
    .next = Fill the cell in.
triangulate-month =
    .came = { $came }
    .needed = a month, such as 2024-03 or 2024年3月
    .next = Correct the cell.
triangulate-indicator =
    .came = { $came }
    .needed = one of { $known }
    .next = { $hint }
triangulate-drug =
    .came = { $came }
    .needed = the name of a drug, or an empty cell for all drugs
    .next = Correct the name.
triangulate-number =
    .came = { $came }
    .needed = a number of 0 or more
    .next = Correct the cell; leave the row out where nobody counted.
triangulate-no-tests =
    .came = { $indicator } without the number of tests
    .needed = how many were tested
    .next = Fill in the denominator.
triangulate-more-than-tests =
    .came = { $count } positives among { $tests } tests
    .needed = no more positives than tests
    .next = Check which column is which.
triangulate-twice =
    .came = { $came } a second time
    .needed = one row for each district, month, indicator and drug
    .next = Add the numbers up, or remove one row.
triangulate-not-counted =
    .came = no rows of { $name }
    .needed = one of { $known }
    .next = Add its counts to the table.
triangulate-window =
    .came = window { $came }
    .needed = 1 to 12 months
    .next = Leave it out to take the indicator's own.
triangulate-level =
    .came = level { $came }
    .needed = a probability between 0 and 1
    .next = Give 0.95 or leave it out.
triangulate-benchmark =
    .came = a list of { $came }
    .needed = a number of people above 0
    .next = Give the length of the list.
triangulate-survey =
    .came = { $found } of { $asked } on the list
    .needed = at least one asked, and no more on the list than asked
    .next = Check the survey's numbers.
triangulate-overlap =
    .came = lists of { $first } and { $second } with { $both } on both
    .needed = at least one on both, and no more than on either
    .next = Without an overlap the lists bound nothing; use a third list or a survey.
triangulate-interval =
    .came = { $came }
    .needed = median, lower and upper above 0 and in order
    .next = Take them from one row of a table.
triangulate-event-districts =
    .came = { $count } of { $of } districts
    .needed = some districts, not all: the others tell what would have happened
    .next = Name the districts where the event took place.
triangulate-within = { $indicator } against loads of { $drug }, in logarithms, within districts: neither larger places nor months that are high everywhere make a relation.
triangulate-window-used =
    { $months ->
        [one] The count looks back one month: it is compared with the load of that month.
       *[other] The count looks back { $months } months: it is compared with the mean load of that time.
    }
triangulate-too-few =
    { $count ->
        [one] Only one cell holds
       *[other] Only { $count } cells hold
    } both a load and a count; { $needed } are needed, and { $months } months of one district. No number.
triangulate-confounded = The counts go with the work of enforcement (correlation { $correlation }, more than { $limit } in size): they may say how much was checked, not how much was used. No number.
triangulate-goes-with = Counts { $lag } months later than loads go with them most: correlation { $correlation } ({ $lower } to { $upper }), P = { $p } after looking at every lag.
triangulate-no-relation = No relation can be told from chance: the strongest, with counts { $lag } months later, is { $correlation } ({ $lower } to { $upper }), P = { $p } after looking at every lag.
triangulate-noise = Noise of measuring makes up { $percent } % of what the loads vary within districts: even a perfect relation would show as { $most }.
triangulate-noise-all = Noise of measuring is as large as all that the loads vary within districts: what looks like a relation may be chance.
triangulate-no-enforcement = No counts of enforcement work were given: whether the counts follow checks rather than use cannot be told.
triangulate-enforcement-low = The counts go little with enforcement work (correlation { $correlation }).
triangulate-policing = { $indicator } depend on where offices look.
triangulate-districts-not-persons = What holds for districts need not hold for persons, and going together is not causing.
triangulate-multiplier = Assumes that those asked stand for all who use, and that the list means the same people, place and year.
triangulate-two-lists = Assumes that being on one list makes nobody likelier to be on the other. Lists of one office, or of offices that refer people to each other, overlap too much, and the number is then too low.
triangulate-small-overlap =
    { $both ->
        [one] Only one person stands
       *[other] Only { $both } people stand
    } on both lists: the interval is wide and leans on its form.
triangulate-event-few-months = The districts have { $before } months with a load before and { $after } after; { $needed } in each district on both sides are needed.
triangulate-event-few-controls =
    { $count ->
        [one] Only one other district has
       *[other] Only { $count } other districts have
    } loads on both sides; { $needed } are needed to say what would have happened.
triangulate-event-placebo = Compared with { $controls } other districts as if the event had been theirs; P cannot be below { $least }. Another cause in the same place and month would look the same.
triangulate-picture-title = { $indicator } beside loads of { $drug }
triangulate-picture-load = blue: load within the district, times its mean
triangulate-picture-count = orange: counts, times their mean
triangulate-picture-lag = months by which counts come later
triangulate-picture-correlation = correlation
triangulate-picture-none = no number: see the note
