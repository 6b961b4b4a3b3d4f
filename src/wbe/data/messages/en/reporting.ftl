# The monthly report and what is written for others: progress and faults. The report's own sentences: report.toml.
reporting-step-reading = reading samples
reporting-step-estimating = estimating { $samples } samples
reporting-step-judging = trends, ranks, alerts and checks
reporting-step-pages = tables and pictures ({ $language })
reporting-step-writing = page and workbook
reporting-step-files = files ({ $formats })

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
reporting-letterhead =
    .came = { $field } '{ $value }'
    .needed = one line of at most { $most } characters
    .next = Shorten it in the table [report] of wbe.toml.
reporting-no-format =
    .came = no format at all
    .needed = one or more of { $known }
    .next = Leave --formats out for all of them.
reporting-format-not-written =
    .came = a question for the { $format } of a report that was written without it
    .needed = a format that was asked for
    .next = Add it to formats=.
reporting-template =
    .came = a template that cannot be opened
    .needed = a Word file (.docx)
    .next = Save it in Word as .docx, or leave template empty.
