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
