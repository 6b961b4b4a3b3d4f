# Reading: what a file says that is doubtful, missing or wrong.
reading-bracket-unknown =
    .came = { $header }, whose bracket ({ $words }) may change what it means
    .needed = a name and its unit, or a bracket that is known
    .next = Write the header without the bracket, or add to the mapping file under [columns]: "{ $header }" = "{ $answer }" (or "ignore")
reading-codes-unknown =
    .came = codes ({ $words }) under { $header } beside the results, whose meaning is not stated
    .needed = what each code stands for
    .next = Add to the mapping file under [columns]: "{ $header }" = "ignore", or "{ $header }" = {"{"}role = "flag", codes = {"{"}"1" = "detected", "0" = "not_detected"{"}"}{"}"}
reading-words-beside =
    .came = { $words } under { $header }, which may say what was sampled or injected
    .needed = a column whose meaning is known
    .next = Add to the mapping file under [columns]: "{ $header }" = "matrix" (or "injection", or "ignore")
reading-units-contradict =
    .came = units of { $role } ({ $words }) under { $header } beside a header that says { $unit }
    .needed = one unit of { $role }
    .next = Write one unit, or add to the mapping file under [columns]: "{ $header }" = "ignore"
reading-ragged-row =
    .came = { $cells } cells under { $headers } headers, in { $rows ->
        [one] one row
       *[other] { $rows } rows
    }
    .needed = as many cells as headers
    .next = Put numbers with a decimal comma or a comma of thousands in quotation marks, or part the cells with semicolons.
reading-no-header =
    .came = { $shown } under no header, in { $count ->
        [one] one row
       *[other] { $count } rows
    }
    .needed = a header over every filled column
    .next = Write the header of the column, or delete it.
reading-result-without-name =
    .came = results under { $header }, which names no substance
    .needed = a substance over every column of results
    .next = Write the substance into the header, or add to the mapping file under [columns]: "{ $header }" = "ignore"
reading-mark-without-result =
    .came = { $header }, a column of marks that may belong to any of several results
    .needed = a mark beside each result
    .next = Put the column right before its result, or add to the mapping file under [columns]: "{ $header }" = "ignore"
reading-mark-unknown =
    .came = { $word } under { $header } beside a result, a mark whose meaning is not known
    .needed = a sign, or a word such as ND
    .next = Correct it, or add to the mapping file under [columns]: "{ $header }" = {"{"}codes = {"{"}"{ $word }" = "detected"{"}"}{"}"} (or another state), or "{ $header }" = "ignore"
reading-row-in-doubt =
    .came = a row named { $word } with a day, a flow and results, which may be a sample or not
    .needed = samples, and statistics without a day and flow of their own
    .next = Delete the row, or add to the mapping file under [rows]: "{ $word }" = "sample" (or "total")
reading-matrix-unknown =
    .came = { $word } under { $header }, which may be sewage or something else
    .needed = influent, effluent, sludge or another known matrix
    .next = Correct the word, or add to the mapping file under [columns]: "{ $header }" = {"{"}skip = ["{ $word }"]{"}"}, or "{ $header }" = "ignore"
reading-injection-unknown =
    .came = { $word } under { $header }, which may be a sample or a control
    .needed = sample, blank, standard or another known kind
    .next = Correct the word, or add to the mapping file under [columns]: "{ $header }" = {"{"}skip = ["{ $word }"]{"}"}, or "{ $header }" = "ignore"
reading-fraction-unknown =
    .came = { $word } under { $header }, which may be the whole of a sample or a part
    .needed = total, dissolved, suspended or another known fraction
    .next = Correct the word, or add to the mapping file under [columns]: "{ $header }" = {"{"}skip = ["{ $word }"]{"}"}
reading-fraction-alone =
    .came = several fractions under { $header } ({ $word } and others) without their total
    .needed = one result for each sample
    .next = Give the total, or leave fractions out in the mapping file under [columns]: "{ $header }" = {"{"}skip = ["{ $word }"]{"}"}
reading-no-sewage =
    .came = a table without a row of sewage that flows in
    .needed = samples of influent
    .next = Send the samples of the influent, or leave the sheet out: [sheets] skip = ["..."] of a mapping file.
reading-loads =
    .came = loads of substances ({ $unit }), not concentrations
    .needed = concentrations such as ng/L, from which loads are computed
    .next = Read published loads with wbe.read_loads(path), or send the concentrations.
reading-volume-without-time =
    .came = flow without a unit of time ({ $unit })
    .needed = a flow such as m3/d
    .next = Write the unit of the flow in the header, or add to the mapping file under [units], if it is that of a day: "{ $unit }" = "{ $daily }"
reading-damaged-archive =
    .came = a packed file that cannot be opened ({ $said })
    .needed = a whole .gz or .zip file
    .next = Pack it again, or send the table itself.
reading-too-large =
    .came = { $size } MB
    .needed = at most { $most } MB
    .next = Split the file.
reading-no-table =
    .came = no table of results ({ $seen })
    .needed = a table with a substance and a concentration, in columns or rows
    .next = Name the headers in a mapping file under [columns]; wbe.propose_mapping(path) writes one to start from.
reading-other-water =
    .came = { $said }, which speaks of other water than the sewage that flows in
    .needed = samples of influent
    .next = Leave the file out, or add to the mapping file under [sheets], if it is influent: read = ["{ $name }"]
reading-copied-file =
    .came = { $count ->
        [one] one sample
       *[other] { $count } samples
    } with the same results as in { $other } (such as { $site })
    .needed = each result once
    .next = Delete the copy.
reading-two-versions =
    .came = sample { $sample } with other results than in { $other }
    .needed = one version of each sample
    .next = Delete the version that does not hold, or add to the mapping file: [files."{ $this }"] replaces = "{ $other }"
reading-date-among-results =
    .came = { $words } among results, which a spreadsheet may have made of a number such as 6.1
    .needed = results as they were measured
    .next = Type the numbers again as text, or with the decimals of the laboratory.
