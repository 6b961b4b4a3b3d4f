# The monthly report and what is written for others: progress and faults. The report's own sentences: report.toml.
reporting-step-reading = reading samples
reporting-step-estimating = estimating { $samples } samples
reporting-step-judging = trends, ranks, alerts and checks
reporting-step-pages = tables and pictures ({ $language })
reporting-step-writing = page and workbook

reporting-month =
    .came = month '{ $month }'
    .needed = a month written YYYY-MM
    .next = Write 2021-06 for June 2021.
reporting-month-unknown =
    .came = month '{ $month }'
    .needed = a month with samples ({ $first } to { $last })
    .next = Write it as YYYY-MM, or check that its file was read.
reporting-no-folder =
    .came = a file where the report's folder should be
    .needed = a folder
    .next = Choose another path.
reporting-language =
    .came = language '{ $language }'
    .needed = zh, en or zh+en
    .next = Choose one of these.
reporting-check-error =
    .came = an error of the check { $check }: { $said }
    .needed = samples without errors
    .next = Correct it, or answer for it with --despite-errors.
reporting-more-check-errors =
    .came = { $count ->
        [one] one more error
       *[other] { $count } more errors
    } of the check
    .needed = samples without errors
    .next = wbe check lists them.
reporting-folder-exists =
    .came = a folder that exists
    .needed = a new one, so that nothing is overwritten
    .next = Choose another name.
reporting-text-cut = [cut: the whole text has { $count } characters]
