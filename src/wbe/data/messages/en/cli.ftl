# The command line: commands, options, what it prints and what it refuses.
cli-wbe = Wastewater-based epidemiology of drugs: from sewage to where, which drug, how many people, and how sure.
cli-command-check = Say what was read, what was not, and what is wrong or doubtful.
cli-command-estimate = Write loads, consumption, doses and users with intervals as one tidy CSV.
cli-command-report = Write the monthly report in every format: HTML, PDF, Word, workbook, data package and JSON.
cli-command-letter = Write a letter to each county with its own numbers only, as Word and PDF.
cli-command-diff = Say which numbers changed between two runs and by which input.
cli-command-init = Make a project folder: settings, data/, mappings/, runs/, published/ and a key.
cli-command-run = Check, estimate, report and record a month of the project; an unchanged month is not written again.
cli-command-status = Say which months of the project are new, changed, as they were, broken or without samples.
cli-option-project = A folder of the project; by default the one you are in.
cli-option-new-project = New folder of the project.
cli-option-run-month = YYYY-MM; by default the last month with samples.
cli-option-revision = Why numbers that were issued may move.
cli-command-compare = Say how one month differs from another: city, districts and drugs, alerts that came and went.
cli-command-form = Write next month's workbook for a laboratory: sites, dates, analytes, limits and units fixed.
cli-option-against = The month to compare with, YYYY-MM.
cli-option-data = Samples to read; by default those of the project.
cli-option-form = Workbook to write; by default form-YYYY-MM.xlsx.
cli-command-map = Propose a mapping for a file or folder: every column with its role, the doubtful lines commented.
cli-command-factors-diff = Say in which factors two profiles differ, or what moved between versions of the shipped ones.
cli-option-mapping = TOML to write; by default it is printed.
cli-option-words = Also print what became of every word beside a number.
cli-command-sample-data = Copy the sample sets: synthetic Zhuzhou, and the others that are installed.
cli-command-factors = Look at excretion factors, their sources and profiles.
cli-command-factors-list = List claims with value, source and status.
cli-command-factors-show = Show what a profile chooses, its hash, and how much of it is unverified.
cli-command-factors-compare = Print the answer under each profile and which conclusions flip.
cli-option-quiet = Print results and faults only.
cli-option-json = Answer with one JSON object on standard output.
cli-option-log-file = Also write everything said to this file, with the time.
cli-option-language = zh or en; by default WBE_LANGUAGE, else the language of the system.
cli-option-version = Print the version and end.
cli-option-path = A folder, CSV or workbook of samples, or the address of a database.
cli-option-rules = TOML with your own severities and limits.
cli-option-table = Write the whole table as CSV.
cli-option-estimates = CSV to write; its run record goes beside it.
cli-option-factors = Factor profile, or a CSV or TOML of your own claims laid over the default one.
cli-option-population = reported, a marker, mobile, ensemble, or ensemble:reported+cotinine.
cli-option-mobile = CSV of mobile counts: site, population, and date or month.
cli-option-seed = Seed of the draws.
cli-option-level = Probability of the intervals.
cli-option-policy = internal or public edition.
cli-option-admit = An institution and why it may be reckoned, SITE=REASON; the run record keeps it.
cli-option-despite-errors = Go on although the check finds errors; the report says so first.
cli-option-month = YYYY-MM.
cli-option-report-folder = Folder for the report.
cli-option-report-language = Language of the report: zh, en or zh+en.
cli-option-formats = Of html,pdf,docx,xlsx,csv,json; all of them when left out.
cli-option-letters-folder = Folder for the letters.
cli-option-letter-district = A district; may be given several times. Left out: those with an alert this month.
cli-option-run-a = CSV of 'wbe estimate', or the folder of a run.
cli-option-run-b = Another one.
cli-option-limit = Rows to print.
cli-option-drug = Only this drug, e.g. methamphetamine.
cli-option-profile = Profile name, or a CSV or TOML of your own claims.
cli-option-profiles = Names, or CSV or TOML files of your own claims, with commas.
cli-option-by = district, or month for one answer each month.
cli-option-above = A consumption that matters, e.g. methamphetamine=50 (mg/d/1000 inhabitant).
cli-option-new-folder = Folder to copy the sample sets to; it must not exist.

cli-written = written: { $path }
cli-read = Read { $samples } samples x { $biomarkers } biomarkers from { $path }
cli-balance = Balance of analyte cells (each ends in exactly one column):
cli-balance-sums = The balance sums.
cli-balance-broken = THE BALANCE DOES NOT SUM.
cli-findings-written = Findings written to { $path }
cli-nothing-doubtful = Nothing doubtful was found.
cli-findings = { $error ->
        [one] 1 error
       *[other] { $error } errors
    }, { $warning ->
        [one] 1 warning
       *[other] { $warning } warnings
    }, { $info ->
        [one] 1 note
       *[other] { $info } notes
    }.
cli-severity = { $severity } ({ $count }):
cli-check-count = { "  " }{ $check }: { $count }
cli-more-findings = and { $count ->
        [one] one more of another kind
       *[other] { $count } more of other kinds
    } (write them all with -o)
cli-alike-rows = (And { $count ->
        [one] one more alike, in row { $rows }
       *[other] { $count } more alike, in rows { $rows }
    }.)
cli-alike = (And { $count ->
        [one] one more
       *[other] { $count } more
    } alike.)
cli-likewise-rows = (Likewise in rows { $rows }.)
cli-likewise-more-rows = (Likewise { $count } times more: rows { $rows } and others.)
cli-likewise = (Likewise { $count ->
        [one] once more
       *[other] { $count } times more
    }: { $which }.)
cli-profile-warning = Profile { $profile }: { $warning }
cli-estimates-written = { $rows } rows written to { $path }, run record to { $record }
cli-project-made = Project made: { $path }. Put the laboratory's files into data/, look through { $settings }, then: wbe run
cli-run-new = { $month }: first run, in { $folder }
cli-run-revised = { $month }: revised, { $moved ->
        [one] 1 number moved
       *[other] { $moved } numbers moved
    }; the new run is in { $folder }
cli-run-unchanged = { $month }: nothing has changed since the run in { $folder }
cli-state = { $month }  { $state }  samples { $samples }  run { $run }  { $made }
cli-state-new = new
cli-state-changed = changed
cli-state-same = as it was
cli-state-broken = files of the run are missing or were changed
cli-state-missing = run, but without samples now
cli-compare = { $month } against { $against }, population-normalised load in mg/d/1000 inhabitant:
cli-compare-city = { "  " }city, { $drug }: { $was } -> { $now }
cli-compare-city-told = { "  " }city, { $drug }: { $was } -> { $now }, { $mark ->
    [up] up (probability { $p })
    [down] down (probability { $p })
   *[unsure] up or down cannot be told (probability of a rise { $p })
}
cli-compare-row = { "  " }{ $district }, { $drug }: { $percent } % ({ $lower } to { $upper }), probability of a rise { $p }
cli-compare-unsure = { $count ->
    [one] In one more district and drug
   *[other] In { $count } more districts and drugs
} up or down cannot be told; -o writes them all.
cli-compare-none = { $count ->
    [one] 1 pair of months has
   *[other] { $count } pairs of months have
} no change to state: one of the two has no estimate.
cli-alerts-came = New alerts: { $alerts }
cli-alerts-went = Alerts no longer there: { $alerts }
cli-mapping-written = Mapping written to { $path }. Look it through, remove "#? " where a line holds, and put it into the folder of the data or of mappings.
cli-words = Balance of words ({ $count ->
    [one] 1 word
   *[other] { $count } words
}):
cli-factors-same = Nothing differs.
cli-runs-agree = The two runs agree in every number and setting.
cli-diff-months = { $what ->
    [new] Months that only the second run has: { $months }
   *[removed] Months that only the first run has: { $months }
}
cli-diff-new = Numbers of common months that only the second run has: { $count }
cli-diff-removed = Numbers of common months that only the first run has: { $count }
cli-diff-revised = { $count ->
    [one] 1 number was revised
   *[other] { $count } numbers were revised
} in: { $months }
cli-diff-came-or-went = Beside them { $count ->
    [one] 1 row has
   *[other] { $count } rows have
} a number in one of the two runs only.
cli-diff-causes = Causes, by their share of all revision:
cli-diff-cause = { "  " }{ $cause }: { $share } % of the revision, in { $count ->
    [one] 1 number
   *[other] { $count } numbers
}; the largest: { $where } { $largest } %
cli-diff-unsplit = The causes cannot be told apart: a run of an edition that hides districts keeps no samples.
cli-diff-numbers = The largest revisions (parts in the unit of the number):
cli-users-rest-on = users: { $sentence }
cli-diff-more = … and { $count } more (write them all with -o)
cli-settings-differ = Settings that differ:

cli-claims = { $count ->
    [one] 1 claim
   *[other] { $count } claims
}; notes, spreads, routes and more: -o claims.csv
cli-unverified = { $unverified } of { $claims } claims are unverified
cli-where-from = Where each comes from:
cli-includes = { " " }Includes { $what }.
cli-factor-from = - { $drug } by { $biomarker }: { $claims }.{ $absorbs }{ $note }
cli-no-factor = No factor:
cli-no-factor-of = - { $drug }: { $note } ({ $claims })
cli-no-factor-here = no factor
cli-consumption-under-each = Consumption at the median load, mg/d/1000 inhabitant (interval of excretion alone):
cli-no-median = No median of { $drug } in { $cells } of { $of } cells: detected in { $detected } of { $results } results there
cli-nothing-flips = No conclusion flips.
cli-flips = Conclusions that flip:
cli-holding = Hold under every profile that has a factor: { $count ->
    [one] 1 conclusion.
   *[other] { $count } conclusions.
}
cli-holding-drugs = - which drug is consumed more: { $count }
cli-holding-months = - last month against first, month with most: { $count }
cli-table-written = Table written to { $path }
cli-not-shown = Not shown: { $count ->
    [one] 1 district
   *[other] { $count } districts
} with fewer than { $minimum } people, or not known how many
cli-no-number-under-any = no drug has a number under any of these profiles

# Faults.
cli-language =
    .came = --language '{ $language }'
    .needed = zh or en
    .next = Write one of the two.
cli-level =
    .came = --level { $level }
    .needed = a probability between 0 and 1
    .next = Write 0.95 for intervals of 95 %.
cli-no-counts =
    .came = a file that is no table
    .needed = a CSV with site, population and date or month
    .next = Correct the file.
cli-admit =
    .came = --admit '{ $text }'
    .needed = a site and the reason, SITE=REASON
    .next = Write it so.
cli-above =
    .came = --above '{ $text }'
    .needed = a drug and a number, such as methamphetamine=50
    .next = Write it so.
cli-no-toml =
    .came = a file that is no TOML ({ $said })
    .needed = a TOML file in UTF-8, such as the one in the documentation
    .next = Correct the line.
cli-output-dash =
    .came = the output -
    .needed = the name of a file
    .next = Write /dev/stdout for standard output.
cli-output-kind =
    .came = the output { $output }, whose name ends in { $suffix }
    .needed = a table as CSV
    .next = Write { $stem }.csv; a workbook comes with wbe report or Estimate.to_excel.
cli-output-is-input =
    .came = the output { $output } in { $source }, which is read
    .needed = an output outside what is read: the next run would take it for samples
    .next = Choose another place with -o.
cli-none-large-enough = No district is known to have { $minimum } people or more: there is no consumption to compare.

# What the system or the parser refuses.
cli-at = { $name }: { "" }
cli-disk-full = { $where }the disk is full; what stood there before is unchanged. Make room, or write to another disk with -o.
cli-read-only = { $where }the disk is read-only. Write to another place with -o.
cli-not-permitted = { $where }no permission. Check whose file or folder it is, and whether it is open elsewhere.
cli-not-there = { $where }there is no such file or folder. Check the path.
cli-is-folder = { $where }this is a folder; needed a file. Check the path.
cli-no-folder = { $where }a part of this path is a file; needed a folder. Check the path.
cli-exists = { $where }there is something of that name. Choose another name.
cli-name-too-long = { $where }the name is too long for this disk. Choose a shorter one.
cli-link-loop = { $where }the links lead round in a circle. Give the path of the file itself.
cli-in-use = { $where }another program holds it open. Close it there, then run this again.
cli-too-many-files = { $where }too many files are open. Close some programs, then run this again.
cli-system = { $where }the system refused: { $said }.
cli-too-deep = The input is nested too deeply to be read. Flatten it.
cli-too-large = The input does not fit into memory. Read fewer months or files at a time.
cli-no-text = A text is no valid Unicode and could not be read or written. Save the file as UTF-8, or rename it.
cli-stopped = Stopped; what stood there before is unchanged.
cli-unforeseen = An error that nobody foresaw ({ $kind }: { $said }). Nothing was written. Run it again with --log-file wbe.log and send that file to whoever supports you.
cli-no-such-option = { $command }: there is no option { $option }. { $hint } See { $command } --help.
cli-missing = { $command }: { $name } is missing. See { $command } --help.
cli-bad-value = { $command }: { $name } cannot be this: { $said } See { $command } --help.
cli-wrong-usage = { $command }: { $said }. See { $command } --help.
cli-no-letter = no district has an alert of drugs in { $month }: no letter was written. Name one with --district.
cli-option-without-value = { $command }: { $option } needs a value. See { $command } --help.
cli-bad-whole-number = { $command }: { $name } needs a whole number within its range. See { $command } --help.
cli-bad-number = { $command }: { $name } needs a number. See { $command } --help.
cli-bad-path = { $command }: { $name } needs a path that a file can have. See { $command } --help.
cli-too-many-words = { $command }: there are more words than it takes. See { $command } --help.
cli-no-command = { $command }: a command is missing. See { $command } --help.
cli-unknown-command = { $command }: there is no command { $name }. { $hint } See { $command } --help.
cli-words-ends = Balance of words (headers, titles, footnotes, names of sheets and files): { $words } in all, { $read } read, { $harmless } harmless, { $asked } asked about, { $unread } in columns and footnotes that are not read.
cli-diff-interval-only = { $count ->
    [one] Of one of them
   *[other] Of { $count } of them
} the interval alone is another one: sizes of error are learnt from all samples.
