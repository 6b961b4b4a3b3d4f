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
    .came = loads of substances, not concentrations ({ $unit })
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
reading-unit-missing =
    .came = { $role } without a unit
    .needed = a unit such as { $wanted }
    .next = Write the unit in the header, or add to the mapping file under [units]: { $role } = "{ $wanted }"
reading-unit-ambiguous =
    .came = unit '{ $unit }', which has several meanings
    .needed = one of { $choices }
    .next = Add to the mapping file under [units]: "{ $unit }" = "{ $wanted }"
reading-unit-wrong =
    .came = unit '{ $unit }' for { $role }
    .needed = { $wanted } or another unit of the same kind
    .next = Correct the header, or give the quantity in that unit.
reading-constant-unknown =
    .came = { $role } = '{ $constant }' in the mapping
    .needed = one of { $table }
    .next = Correct the mapping.
reading-cell-no-number =
    .came = '{ $came }'
    .needed = a number in { $unit_of }
    .next = Correct the cell, or leave it blank.
reading-basis-unknown =
    .came = population_basis = '{ $constant }' in the mapping
    .needed = one of { $population_bases }
    .next = Correct the mapping.
reading-treated-sewage =
    .came = a sample of treated sewage ({ $name })
    .needed = samples of the sewage that flows in
    .next = Delete these rows, or add to the mapping file, if it is not treated: [sites."{ $name_a }"]
reading-end-before-start =
    .came = a sampling end before its start
    .needed = an end at or after the start
    .next = Correct one of them.
reading-end-no-date =
    .came = '{ $given }' ({ $last })
    .needed = a date
    .next = Correct the cell.
reading-negative =
    .came = { $role } { $values }
    .needed = a number that is not negative
    .next = Correct the cell.
reading-people-without-unit =
    .came = population without a unit ({ $values } may be persons or 万人)
    .needed = 人 or 万人, persons or thousands
    .next = Write the unit in the header, or add to the mapping file under [units]: population = "万人" (or "inhabitant")
reading-second-column =
    .came = a second column of { $role }
    .needed = one column of { $role }
    .next = Add to the mapping file under [columns]: "{ $extra }" = "ignore"
reading-results-without-unit =
    .came = results without a unit (columns { $names })
    .needed = a unit such as ng/L or ug/L
    .next = Write it in the header, e.g. 甲基苯丙胺（ng/L）, or add to the mapping file under [units]: concentration = "ng/L"
reading-limit-no-number =
    .came = '{ $came }'
    .needed = a number for the { $part }
    .next = Correct the cell.
reading-token-ambiguous =
    .came = '{ $token }' in { $count } result cell(s), which has several meanings
    .needed = one of { $options }
    .next = Add to the mapping file under [tokens]: "{ $token }" = "{ $next }"
reading-unit-contradicts-header =
    .came = unit '{ $word }' where the header of { $index } says '{ $unit }'
    .needed = one unit
    .next = Correct one of them.
reading-limit-row-no-number =
    .came = '{ $faults }' as { $part }
    .needed = a number
    .next = Correct the cell.
reading-cell-unit-ambiguous =
    .came = '{ $came }', whose unit has several meanings
    .needed = a number in ng/L
    .next = Write ng/L in the cell.
reading-cell-unit-wrong =
    .came = '{ $came }'
    .needed = a concentration such as 12 ng/L
    .next = Correct the cell.
reading-limit-without-unit =
    .came = { $role } without a unit beside results in several units
    .needed = a unit such as ng/L
    .next = Write the unit in the header, or add to the mapping file under [units]: { $role_a } = "ng/L"
reading-second-limit-row =
    .came = a second row of { $kind } with other numbers
    .needed = one row for all samples above it
    .next = Give each batch its own table with its limits, or a column of limits.
reading-dilution =
    .came = a factor of dilution or enrichment ({ $words }) beside the results
    .needed = results that hold it already
    .next = Multiply it into the results, or add to the mapping file under [columns], if they hold it already: "{ $name }" = "ignore"
reading-percent-or-share =
    .came = { $role } { $small } under %, which may be { $small_a } % or { $small } %
    .needed = a percentage
    .next = Add to the mapping file under [units]: "%" = "1" if it is a share of 1, or "%" = "percent"
reading-impossible-size =
    .came = { $role } { $values } ({ $given } under '{ $index }')
    .needed = at most { $bound }, which no plant exceeds
    .next = Correct the number or the unit of the header.
reading-ten-thousand-twice =
    .came = '{ $word }' under a unit of thousands or ten thousands ({ $index })
    .needed = { $role } in one unit
    .next = Write the number without 万, or the header without it.
reading-impossible-strength =
    .came = results of { $name } of { $np } ng/L in the middle
    .needed = at most { $bound } ng/L
    .next = Correct the unit of the header.
reading-merged-number =
    .came = one number ({ $cell }) in a cell merged over { $span }, which are different samples
    .needed = a number for each sample
    .next = Unmerge the cell, and write the number in each row that it holds for.
reading-second-column-differs =
    .came = a second column of { $role } that says otherwise ({ $first }: '{ $shown }', { $second }: '{ $shown_a }')
    .needed = one column of { $role }
    .next = Add to the mapping file under [columns]: "{ $extra }" = "ignore"
reading-result-without-analyte =
    .came = a result without the name of its analyte
    .needed = a drug or biomarker
    .next = Fill the cell.
reading-rows-disagree =
    .came = { $role } { $given } where another row of the same sample says { $given_a }
    .needed = one value for each sample
    .next = Correct one of them.
reading-result-without-unit =
    .came = a result without a unit
    .needed = a unit such as ng/L
    .next = Fill the cell.
reading-unit-cell-contradicts =
    .came = unit '{ $word }' where the header of the results says '{ $own }'
    .needed = one unit
    .next = Correct one of them.
reading-numbered-columns =
    .came = numbered columns ({ $names }), which may be replicates or different samples
    .needed = what the numbers stand for
    .next = Add to the mapping file under [columns], if they are replicates: { $lines }
reading-personal-data =
    .came = a column that looks like personal data
    .needed = samples of sewage, and nothing about persons
    .next = Delete the column, or add to the mapping file under [columns]: "{ $value }" = "ignore"
reading-analyte-twice =
    .came = a second column of { $what } (the first is '{ $seen }')
    .needed = one column for each analyte
    .next = Add to the mapping file under [columns]: "{ $value }" = "ignore" (or "{ $analyte } rep 2")
reading-substance-not-named =
    .came = a column of results whose substance is not named
    .needed = a substance in the header, the title or the sheet's name
    .next = Write it there, or add to the mapping file under [columns]: "{ $value }" = "<id>"
reading-city-beside-districts =
    .came = { $value } beside districts, which may be their total
    .needed = each place once
    .next = Leave it out ([sheets] skip = ["..."] of a mapping file leaves out a sheet), or add under [rows], if it is a sample of its own: "{ $value }" = "sample"
reading-whole-beside-plants =
    .came = { $value } as a whole beside its plants, in { $shared }
    .needed = each place once
    .next = Leave out one of them ([sheets] skip = ["..."] of a mapping file leaves out a sheet), or add under [rows], if both are samples of their own: "{ $value }" = "sample"
reading-several-flows =
    .came = several flows for one { $by } and day (rows { $lines })
    .needed = one row for each sample
    .next = Delete the rows that do not hold.
reading-clock-unread =
    .came = '{ $word }', which is no time of day
    .needed = a time such as 08:30, or an hour from 0 to 23
    .next = Correct the cell, or add to the mapping file under [columns]: "{ $index }" = "ignore"
reading-hours-missing =
    .came = { $count } of { $expected } values of { $site } within the time of a sample
    .needed = a flow of the whole time, or nearly all of its hours
    .next = Fill in the missing hours, or give the flow of the day.
reading-marker-twice =
    .came = { $role } { $value } for { $site }, and { $other } in another table
    .needed = one value for each sample
    .next = Delete the value that does not hold.
reading-flow-of-several-sites =
    .came = one flow for several sites ({ $sites })
    .needed = the flow of each site
    .next = Name the site beside its flow.
reading-remark-may-void =
    .came = a remark that may void its result ('{ $remarks }')
    .needed = a result that holds, or 作废 in its cell
    .next = Write 作废 into the result, or add to the mapping file under [columns], if the results hold: "{ $index }" = "ignore"
reading-header-without-rows =
    .came = a header without rows
    .needed = at least one sample
    .next = Send the whole table.
reading-more-faults =
    .came = { $faults } more faults
    .needed = none
    .next = Correct the first ones and read again.
reading-data-set-unknown =
    .came = data set '{ $name }'
    .needed = one of { $known }
    .next = Write one of these names.
reading-agency-loads =
    .came = loads per inhabitant, as the European agency publishes them
    .needed = concentrations with flow
    .next = Read it with wbe.read_loads(path).
reading-mapped-file-missing =
    .came = file '{ $name }' named by the mapping
    .needed = a file in { $path }
    .next = Correct the mapping.
reading-cannot-open =
    .came = a file that cannot be opened ({ $err })
    .needed = a readable file
    .next = Check its permissions.
reading-nothing-there =
    .came = no file or folder '{ $path }'
    .needed = a file or folder of samples
    .next = Check the path.
reading-folder-without-table =
    .came = folder '{ $path }' without a table
    .needed = at least one file of kind { $text_kinds }
    .next = Put the laboratory's tables in the folder.
reading-empty-file =
    .came = an empty file
    .needed = a table with a header and rows
    .next = Send it again.
reading-file-too-large =
    .came = { $size } MB
    .needed = at most { $max_bytes } MB
    .next = Split the file.
reading-no-workbook-inside =
    .came = a file that is not a workbook inside
    .needed = a { $suffix } workbook
    .next = Open it in a spreadsheet program and save it again.
reading-web-page =
    .came = a web page under a table's name
    .needed = a table
    .next = Save it as xlsx or CSV.
reading-too-many-columns =
    .came = { $width } columns
    .needed = at most { $max_columns }
    .next = Check the delimiter of the file.
reading-uncut-line =
    .came = a line that cannot be cut into cells ({ $err })
    .needed = delimited text
    .next = Look for an unclosed quotation mark.
reading-workbook-without-cells =
    .came = a workbook without cells
    .needed = a table with a header and rows
    .next = Send it again.
reading-sheet-too-wide =
    .came = { $width } columns
    .needed = at most { $max_columns }
    .next = Delete what lies right of the table.
reading-cells-spread =
    .came = cells spread over { $rows } rows and up to column { $letters }
    .needed = at most { $max_cells } million cells
    .next = Delete stray cells far from the table, or export the sheet as CSV.
reading-value-repeated =
    .came = one value repeated over { $total } cells
    .needed = a table of results
    .next = Delete the filled area, or export the sheet as CSV.
reading-unpacks-too-large =
    .came = a workbook that unpacks to { $total } MB, { $ratio } times its size
    .needed = at most { $max_total } MB and { $max_ratio } times
    .next = Delete empty formatted rows and save it again, or export the sheet as CSV.
reading-sheet-without-part =
    .came = a sheet whose cells stand in no part of the workbook
    .needed = a whole workbook
    .next = Open it in a spreadsheet program, save it again and send that file.
reading-damaged-workbook =
    .came = a damaged workbook ({ $err })
    .needed = a whole xlsx or ods file
    .next = Send it again.
reading-protected-workbook =
    .came = a damaged or protected workbook ({ $err })
    .needed = a whole workbook
    .next = Save it again without protection.
reading-unknown-encoding =
    .came = bytes that are neither UTF-8 nor GB18030 (first at byte { $position })
    .needed = text in UTF-8 or GB18030
    .next = Save the file again as 'CSV UTF-8'.
reading-binary =
    .came = binary content
    .needed = a text table (CSV or TSV)
    .next = Export the table as CSV or xlsx.
reading-place-columns =
    .came = columns { $names }
    .needed = columns { $wanted }
    .next = Add { $missing }.
reading-contained-in-unknown =
    .came = contained_in '{ $outer }'
    .needed = a unit of this file
    .next = Add the unit or correct the name.
reading-weights-above-one =
    .came = weights of { $site } that sum to { $total } ({ $units })
    .needed = at most 1: nobody lives in two units
    .next = Correct the shares of the site.
reading-weight-no-share =
    .came = weight '{ $given }'
    .needed = a share from 0 to 1
    .next = Correct it.
reading-weight-cv =
    .came = weight_cv '{ $given }'
    .needed = a coefficient of variation, 0 or more
    .next = Correct it.
reading-unit-of-place-unknown =
    .came = unit '{ $given }'
    .needed = a unit of units.csv
    .next = Add the unit or correct the name.
reading-pair-again =
    .came = { $given } in { $given_a } again
    .needed = one row for each pair
    .next = Delete one.
reading-site-without-place =
    .came = site '{ $value }' in district '{ $home }'
    .needed = a row in catchments.csv or a district of units.csv
    .next = Add a row to catchments.csv.
reading-no-place =
    .came = a sample without { $lacks ->
        [both] site and district
        [site] a site, while others have one
       *[district] a district, while others have one
    }
    .needed = the name of the treatment plant or district
    .next = Fill the cell, or add to the mapping file under [constants]: district = "..."
reading-no-dates =
    .came = a table without sampling dates{ $where ->
        [none] {""}
       *[other] , and { $where }
    }
    .needed = a date column, or a month in the title, sheet or file name
    .next = Add a column 采样日期, or to the mapping file under [constants]: date = "2021-06"
reading-date-without-year =
    .came = '{ $shown }' ({ $problem })
    .needed = a date such as 2021-06-24 or 2021年6月24日
    .next = Write the year, or add to the mapping file under [constants]: year = 2021
reading-date-either-way =
    .came = '{ $shown }' ({ $problem })
    .needed = a date such as 2021-06-24 or 2021年6月24日
    .next = Write 2021-06-24, or add to the mapping file under [options]: day_first = true
reading-date-bare-number =
    .came = '{ $shown }' ({ $problem })
    .needed = a date such as 2021-06-24 or 2021年6月24日
    .next = Write 2021-06-24, or head the column 月份 or 日.
reading-date-turned =
    .came = '{ $shown }' ({ $problem })
    .needed = a date such as 2021-06-24 or 2021年6月24日
    .next = Write every date as text such as 2021-06-24.
reading-date-offset =
    .came = '{ $shown }' ({ $problem })
    .needed = a date such as 2021-06-24 or 2021年6月24日
    .next = Write the local day, or add to the mapping file under [options]: time_zone = "+08:00"
reading-date-blank =
    .came = no sampling date
    .needed = a date such as 2021-06-24 or 2021年6月24日
    .next = Fill the cell.
reading-date-unread =
    .came = '{ $shown }' ({ $problem })
    .needed = a date such as 2021-06-24 or 2021年6月24日
    .next = Correct the cell.
reading-more-dates =
    .came = { $count } more dates of this kind
    .needed = dates
    .next = Correct the cells.
reading-no-flow-column =
    .came = a table without a flow column
    .needed = a flow such as 流量（万m³/d）
    .next = Fill it in, or add to the mapping file under [options]: allow_missing_flow = true
reading-no-flow =
    .came = no flow for a sample with results
    .needed = a flow such as 流量（万m³/d）
    .next = Fill it in, or add to the mapping file under [options]: allow_missing_flow = true
reading-more-without-flow =
    .came = { $count } more samples without a flow
    .needed = a flow such as 流量（万m³/d）
    .next = Fill it in, or add to the mapping file under [options]: allow_missing_flow = true
reading-across =
    .came = a transposed table (samples stand across) whose columns may be districts, sites or samples
    .needed = a label for what stands across
    .next = Add to the mapping file under [columns]: "{ $header }" = "district" (or "site", "sample")
reading-across-unnamed =
    .came = a transposed table (samples stand across) whose columns may be districts, sites or samples ({ $header })
    .needed = a label for what stands across
    .next = Write 区县, 污水厂 or 样品编号 into the first cell.
reading-header-ambiguous =
    .came = '{ $name }', which has several meanings
    .needed = one of { $options }
    .next = Add to the mapping file under [columns]: "{ $header }" = "{ $first }"
reading-password =
    .came = a workbook with a password ({ $said })
    .needed = a workbook that opens
    .next = Save it again without protection.
reading-workbook-damaged =
    .came = a damaged workbook ({ $said })
    .needed = a workbook that opens
    .next = Save it again without protection.
reading-unit-again =
    .came = unit '{ $name }' again
    .needed = one row for each unit
    .next = Delete or name the row.
reading-unit-blank =
    .came = unit '' ({ $name })
    .needed = one row for each unit
    .next = Delete or name the row.
reading-unit-kind =
    .came = kind '{ $kind }'
    .needed = { $known }
    .next = Write one of these.
reading-total-of-districts =
    .came = a row of '{ $word }' beside other places, which may be the total of the districts
    .needed = each place once
    .next = Delete the row, or add to the mapping file under [rows]: "{ $word }" = "total" (or "sample")
reading-sum-of-others =
    .came = a row of '{ $word }' beside other places, whose flow is the sum of the other rows
    .needed = each place once
    .next = Delete the row, or add to the mapping file under [rows]: "{ $word }" = "total" (or "sample")
reading-comma-or-thousands =
    .came = numbers whose comma may be a decimal mark or part thousands ('{ $shown }')
    .needed = one decimal mark
    .next = Write one mark, or add to the mapping file under [options]: decimal = "," (or ".")
reading-point-or-thousands =
    .came = numbers whose point may be a decimal mark or part thousands ('{ $shown }')
    .needed = one decimal mark
    .next = Write one mark, or add to the mapping file under [options]: decimal = "," (or ".")
reading-salt =
    .came = '{ $text }', which names a salt
    .needed = concentrations of the base
    .next = Convert them, or add to the mapping file under [{ $section }] if they are of the base: "{ $text }" = "{ $analyte }"
reading-mapping-absent =
    .came = no such file
    .needed = a mapping file in TOML
    .next = Check the path.
reading-mapping-unreadable =
    .came = text that is not TOML ({ $said })
    .needed = a mapping file in TOML
    .next = Correct the line that is named; texts stand in quotation marks.
reading-section-unknown =
    .came = section [{ $section }]
    .needed = one of { $known }
    .next = Correct the mapping.
reading-section-no-table =
    .came = section [{ $section }] = { $given }
    .needed = a table of answers
    .next = Write a line for each answer: name = "value".
reading-answer-columns =
    .came = '{ $key }' = { $given } in section [{ $section }]
    .needed = a role (flow, date, district...), a biomarker id or 'ignore'
    .next = Correct the mapping.
reading-answer-rule =
    .came = '{ $key }' = { $given } in section [{ $section }]
    .needed = a table such as {"{"}skip = ["SO"]{"}"} or {"{"}codes = {"{"}"1" = "detected"{"}"}{"}"}
    .next = Correct the mapping.
reading-answer-analytes =
    .came = '{ $key }' = { $given } in section [{ $section }]
    .needed = a biomarker id or 'ignore'
    .next = Correct the mapping.
reading-answer-substance =
    .came = '{ $key }' = { $given } in section [{ $section }]
    .needed = a table such as {"{"}name = "brodifentanil", family = "nitazene", molar_mass = 396.5{"}"}, for a name that the library does not list
    .next = Correct the mapping.
reading-answer-tokens =
    .came = '{ $key }' = { $given } in section [{ $section }]
    .needed = one of { $known }
    .next = Write one of these states.
reading-answer-options =
    .came = '{ $key }' = { $given } in section [{ $section }]
    .needed = a known option and kind: { $known }
    .next = Correct the mapping.
reading-answer-constants =
    .came = '{ $key }' = { $given } in section [{ $section }]
    .needed = one of { $known }
    .next = Correct the mapping.
reading-answer-units =
    .came = '{ $key }' = { $given } in section [{ $section }]
    .needed = a unit in quotes
    .next = Correct the mapping.
reading-answer-rows =
    .came = '{ $key }' = { $given } in section [{ $section }]
    .needed = 'total' or 'sample'
    .next = Correct the mapping.
reading-answer-sheets =
    .came = '{ $key }' = { $given } in section [{ $section }]
    .needed = skip = ["name", ...] or read = ["name", ...]
    .next = Correct the mapping.
reading-answer-tables =
    .came = '{ $key }' = { $given } in section [{ $section }]
    .needed = a table of answers
    .next = Write a section of its own for each name.
reading-crosstab-key =
    .came = key '{ $key }' under [crosstab]
    .needed = one of { $known }
    .next = Correct or remove it.
reading-crosstab-no-unit =
    .came = no unit of the results
    .needed = for example unit = "ng/L" under [crosstab]
    .next = Add the line.
reading-crosstab-unit =
    .came = { $key }: { $said }
    .needed = a unit of mass per volume
    .next = Correct it.
reading-crosstab-pattern =
    .came = pattern '{ $pattern }' ({ $said })
    .needed = a regular expression
    .next = Correct it.
reading-crosstab-no-sheet =
    .came = no sheet '{ $name }'
    .needed = one of { $known }
    .next = Correct the mapping.
reading-crosstab-empty =
    .came = an empty sheet
    .needed = analytes in rows
    .next = Choose another sheet.
reading-crosstab-no-substances =
    .came = no column with names of known substances below a header
    .needed = analytes down one column and samples across
    .next = Name the column with analyte_column, and the substances in the section analytes.
reading-crosstab-limit-unit =
    .came = { $said }
    .needed = a unit for the limits
    .next = Add limit_unit = "ng/L" under [crosstab].
reading-crosstab-limit =
    .came = { $given }
    .needed = a limit of 0 or more, or nothing
    .next = Correct the cell.
reading-crosstab-row-again =
    .came = '{ $name }' a second time
    .needed = one row for each substance
    .next = Remove or rename one.
reading-crosstab-no-header =
    .came = results under no header
    .needed = a name above them
    .next = Name or clear the column.
reading-crosstab-variant =
    .came = '{ $name }'
    .needed = a name that one [[crosstab.variant]] matches
    .next = Add a variant.
reading-crosstab-label =
    .came = label '{ $label }', which the pattern does not match
    .needed = a label for each sample
    .next = Correct the label or its pattern.
reading-crosstab-date =
    .came = date '{ $given }'
    .needed = a date for each sample
    .next = Correct the label, its pattern or date_format.
reading-crosstab-sample-again =
    .came = sample '{ $name }' a second time
    .needed = a name of its own for each sample
    .next = Rename or remove one.
reading-crosstab-no-samples =
    .came = no sample columns
    .needed = samples across the columns
    .next = Check first_sample_column.
reading-database-query =
    .came = { $kind ->
        [none] no query
       *[other] a query that does not read ('{ $query }')
    }
    .needed = a SELECT, or a table named in the mapping
    .next = Give query=..., or [database] table = "results".
reading-database-table =
    .came = table = '{ $name }'
    .needed = the name of a table
    .next = Write letters, digits and _ only, or give a query.
reading-database-no-substances =
    .came = a result without substances
    .needed = columns with a substance and a concentration
    .next = Name the columns in the query, e.g. meth AS "methamphetamine (ng/L)".
reading-database-too-long =
    .came = more than { $most } rows
    .needed = a smaller result
    .next = Add a WHERE on the date.
reading-database-variable =
    .came = no environment variable '{ $name }'
    .needed = one that holds a database URL
    .next = Set it and try again.
reading-database-url =
    .came = a text that is no database URL
    .needed = for example sqlite:///lab.db or postgresql://reader@host/lab
    .next = Correct the URL; it is not repeated here because it may hold a password.
reading-database-absent =
    .came = no such database
    .needed = an SQLite file
    .next = Check the path.
reading-database-said =
    .came = { $said }
    .needed = a database that answers the query
    .next = Check host, name, user and query, and that the server runs.
reading-why-no-year = the year is not written
reading-why-years-differ = the year is not written, and { $said }
reading-why-months-differ = contradicting months: { $said }
reading-why-says = { $where ->
    [title] the title says { $said }
    [sheet-name] the sheet name says { $said }
   *[file-name] the file name says { $said }
}
reading-why-shows = { $where ->
    [title] the title { $said }
    [sheet-name] the sheet name { $said }
   *[file-name] the file name { $said }
}
reading-why-no-such-day = no such day in the calendar
reading-why-ends-first = the period ends before it starts
reading-why-not-understood = not a date that is understood
reading-why-either-way = day and month could be either way round
reading-why-bare-number = a bare number may be a day or a month
reading-why-offset = a time with an offset, whose local day is not known
reading-why-clock-alone = a time of day without its date
reading-why-blank = blank
reading-why-ten-or-one = January or October
reading-why-turned = day and month may have been turned
reading-why-year-outside = the year { $year } is outside { $first }-{ $last }
reading-why-number = the number { $number } is not a date
reading-why-end = the end '{ $end }' is not a date that is understood
reading-why-type = a { $type } is not a date
reading-why-no-month = the number { $number } is not a month
