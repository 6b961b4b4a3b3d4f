# From concentration to load, consumption and doses: what the chain refuses.
conversion-fraction = fraction: got { $came }; needed a share of the dose above 0 and at most 1 (29 % is 0.29).
conversion-consumed-already = load: this is the consumption of { $drug } already; a factor for { $asked } is applied once, to the load of its biomarker.
conversion-other-drug = load: { $biomarker } is a biomarker of { $known }, not of { $drug }. Name the drug that leaves it.
conversion-other-biomarker = load: the factor for { $drug } is for its biomarker { $biomarker }; the load is of { $came }. A mass of one substance is not a mass of another.
conversion-added-biomarkers = load: it was labelled by biomarker and is no longer: loads of several biomarkers do not add. Select one biomarker first.
conversion-load-for-consumption = consumed: got the load of a biomarker; needed the consumption of a drug. Apply the drug's factor first: consumption(load, factor).
conversion-purity = purity: got { $came }; needed a mass fraction above 0 and at most 1.
conversion-light-salt = molar_mass_salt: got { $salt }, below the base's { $base }; a salt is heavier than its base.
conversion-recovery = recovery: got { $came }; needed a share above 0 (95 % is 0.95).
conversion-corrected-already = { $name }: this value is already corrected for { $name }; a correction is applied once.
conversion-not-positive = { $name }: got { $came }; needed a positive number.
