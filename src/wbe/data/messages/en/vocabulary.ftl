# Names of substances.
vocabulary-several-meanings =
    .came = '{ $name }', which has several meanings
    .needed = one of { $options }
    .next = Add to the mapping file under [analytes]: "{ $name }" = "{ $first }"
vocabulary-unknown-substance =
    .came = '{ $name }', a substance that is not known
    .needed = a known drug or biomarker{ $near }
    .next = Correct the name, or add to the mapping file under [analytes]: "{ $name }" = "<id>" (or "ignore")
vocabulary-near = {" "}(near: { $near })
vocabulary-not-in-sewage =
    .came = '{ $name }', which no sewage can show
    .needed = a substance that stays in sewage: gases and solvents ({ $group }) leave it or cannot be told from other sources, and their use cannot be measured there
    .next = Leave it out: add to the mapping file under [analytes]: "{ $name }" = "ignore"
