# The sewer upstream of a plant: networks, attribution, searches.
sewer-no-file =
    .came = no such file
    .needed = a sewer network as CSV, GeoJSON, shapefile or SWMM input
    .next = Check the path.
sewer-not-text =
    .came = bytes that are neither UTF-8 nor GB18030
    .needed = a text table
    .next = Save the file as CSV in UTF-8.
sewer-columns =
    .came = no column { $names } among { $found }
    .needed = at least the columns node and downstream
    .next = { $hint }
sewer-ragged =
    .came = { $cells } cells under { $columns } headers
    .needed = one cell a header
    .next = Quote cells that hold a comma.
sewer-empty =
    .came = no node
    .needed = one row for each node or link
    .next = Check the file.
sewer-nameless =
    .came = a row without a node
    .needed = the name of a node
    .next = Name it, or remove the row.
sewer-number =
    .came = { $came }
    .needed = a number
    .next = Correct the cell.
sewer-split-without-share =
    .came = several downstream nodes without shares at { $nodes }
    .needed = the share of the flow that takes each link
    .next = Fill in the column share; the shares of a node add up to 1.
sewer-unknown-downstream =
    .came = downstream node '{ $name }', which has no row
    .needed = a node of the table, or nothing for an outfall
    .next = { $hint }
sewer-repeated-node =
    .came = nodes that appear twice: { $names }
    .needed = one row for each node and link
    .next = Remove or rename the copies.
sewer-link-number =
    .came = an impossible { $what } at { $links }
    .needed = a finite number of at least 0
    .next = Correct these links.
sewer-node-number =
    .came = an impossible { $what } at { $nodes }
    .needed = a finite number of at least 0
    .next = Correct these nodes.
sewer-shares =
    .came = shares that do not add up to 1 at { $nodes }
    .needed = shares of a node's flow that add up to 1
    .next = Correct the column share.
sewer-into-itself =
    .came = nodes that lead into themselves: { $nodes }
    .needed = another node downstream
    .next = Correct the column downstream.
sewer-circle =
    .came = a circle of { $count } links: { $links }
    .needed = sewage that leaves the network
    .next = Turn or remove one of these links.
sewer-no-outfall =
    .came = parts without an outfall ({ $count }): { $parts }
    .needed = an outfall that each part drains to
    .next = Name the downstream node that is missing, or leave it blank at the outfall.
sewer-parts =
    .came = a network in { $count } separate parts (a node of each, and its size): { $parts }
    .needed = parts that belong together joined
    .next = Join what belongs together; parts with their own outfall may stay.
sewer-geojson =
    .came = no GeoJSON of features ({ $said })
    .needed = a FeatureCollection of points and lines
    .next = Export the network as GeoJSON.
sewer-shapes =
    .came = shapes that cannot be read ({ $said })
    .needed = a shapefile of lines with node and downstream
    .next = Export the network again, or as GeoJSON.
sewer-feature-without-node =
    .came = feature { $number } without a node
    .needed = the properties node and downstream
    .next = Name the node of each feature.
sewer-swmm =
    .came = input that SWMM's reader cannot take ({ $said })
    .needed = a SWMM .inp file with conduits
    .next = Open and save it with SWMM, then read again.
sewer-no-such-biomarker =
    .came = samples without { $drug }
    .needed = samples in which it was measured
    .next = Measured: { $known }.
sewer-sample-elsewhere =
    .came = samples at { $sites }
    .needed = samples whose site is a node of the network
    .next = { $hint }
sewer-nothing-to-learn =
    .came = no sample of { $drug } that tells anything
    .needed = at least one result, or one below a limit that is given
    .next = Give the limits of detection of non-detects.
sewer-no-limit =
    .came = results below a limit that is not given: { $samples }
    .needed = the laboratory's limit of detection or quantification
    .next = Fill in lod or loq.
sewer-too-few-people =
    .came = samples at nodes that serve fewer than { $minimum } people ({ $count } of them)
    .needed = nodes that serve at least as many as the policy asks
    .next = Sample further downstream: results from so few people are not used.
sewer-no-node-large-enough =
    .came = a network in which no node serves { $minimum } people
    .needed = one node at least that serves as many as the policy asks
    .next = Check the populations, or name a policy with its reason.
sewer-prior =
    .came = a prior for { $nodes }
    .needed = weights of at least 0 for nodes of the network, not all 0
    .next = Correct the prior.
sewer-saved-search =
    .came = no saved search ({ $said })
    .needed = a file that Search.save wrote
    .next = Check the path.
sewer-probability =
    .came = { $came }
    .needed = a probability between 0 and 1
    .next = Write 0.9 for 90 %.
sewer-background =
    .came = background { $came }
    .needed = a number of at least 0 in mg/d/1000 inhabitants
    .next = Write 0 where nobody else discharges the drug.
sewer-visits =
    .came = { $came } visits
    .needed = a whole number of at least 1
    .next = Write for example k=2.
sewer-not-a-network =
    .came = { $came } in place of a network
    .needed = a network of wbe.sewer.read_network
    .next = Write for example wbe.sewer.search(wbe.sewer.read_network("sewer.csv"), drug="methamphetamine").
sewer-outfall-named-only = the outfall { $node } has no row of its own; it is taken as the end of the network
sewer-assumed-velocity = { $count ->
    [one] one link has
   *[other] { $count } links have
} no travel time, diameter and slope: { $speed } m/s is taken
sewer-no-travel = { $count ->
    [one] one link has
   *[other] { $count } links have
} neither travel time nor length: taken as 0 h
sewer-no-population = no population is given: every node counts the same in the prior, and nothing is held against the number of people
sewer-pumps = pumps: { $names }; the links carry what the model routes, pumping times are not known
sewer-splits-equal = the sewer splits at { $nodes }: equal shares are taken, since only hydraulics could tell them
sewer-flow-from-ammonium = { $count ->
    [one] one sample
   *[other] { $count } samples
} without a measured flow: flow from the sample's own ammonium and the people above the node
sewer-flow-from-people = { $count ->
    [one] one sample
   *[other] { $count } samples
} without a measured flow or ammonium: { $per_head } m3 a head and day is taken, with a wide error
sewer-passive-presence = { $count ->
    [one] one passive sampler tells
   *[other] { $count } passive samplers tell
} presence only
sewer-rank = { $samples } samples tell { $rank } of { $groups } groups of nodes apart
sewer-cannot-separate = cannot separate { $nodes }: every sample sees them together
sewer-cannot-separate-many = cannot separate { $count } nodes at and above { $node }: every sample sees them together
sewer-unseen = no sample lies below { $count ->
    [one] one node
   *[other] { $count } nodes
}: nothing is known of their load beyond the prior
sewer-one-sample = one sample gives a total and no source: at least two on one path are needed to name one
sewer-credible = the source lies with { $probability } % at { $nodes }
sewer-credible-many = the source lies with { $probability } % among { $count } nodes, the likeliest { $nodes }
sewer-nothing-observed = nothing has been observed yet: every node counts by its people
sewer-visited = { $count ->
    [one] one sample
   *[other] { $count } samples
} taken into account: { $detected } with the drug, { $clean } below the limit
sewer-two-sources = two sources are likelier than one (P = { $probability }): one among { $first }, one among { $second }
sewer-intermittent = the source seems to come and go (active at about { $share } % of visits): a clean sample does not close a branch, repeat visits
sewer-merged = nodes that serve fewer than { $minimum } people are not named; they count at the nearest node below that serves as many
sewer-stop-people = the search ends here: every node that could tell more serves fewer than { $minimum } people
sewer-if-found = if found: the source lies at or above this node with { $probability } %
sewer-if-clean = if clean: the source lies at or above this node with { $probability } %
sewer-report-title = Upstream search: { $drug }
sewer-report-next = Next visits
sewer-report-where = Where the source may lie
sewer-report-words = What is known
sewer-report-node = Node
sewer-report-probability = Probability
sewer-report-load = Load g/d (95 %)
sewer-report-hour = Hour
sewer-report-people = People
sewer-report-bottles = Bottles
sewer-report-chance = Chance to detect
sewer-report-outcome = What it would mean
sewer-report-synthetic = Synthetic data: no laboratory measured them.
sewer-budget =
    .came = a budget of { $came }
    .needed = a finite number above 0
    .next = Without costs it is the number of new stations.
sewer-station-cost =
    .came = costs of { $nodes }
    .needed = nodes of the network, each with a cost above 0
    .next = Leave a node out for a cost of 1.
sewer-station-elsewhere =
    .came = { $nodes }
    .needed = nodes of the network
    .next = See network.nodes.
sewer-first-month =
    .came = { $month }, the first month
    .needed = a month to compare it with
    .next = Give against=, or a later month.
sewer-no-unit-with-both =
    .came = { $drug } in { $against } and { $month }
    .needed = a unit with a number in both
    .next = See estimate.table(quantity="mass_load").
sewer-city-only = contribution: single districts stand behind it, and the { $edition } edition shows none. Use the internal edition.
sewer-sum-unchanged = all units together may as well not have changed from { $against } to { $month }: no share is given
sewer-unit-without = no number in one of the months, so no part of the sum
sewer-splits-hidden = the sewer splits at { $count ->
    [one] one node that serves
   *[other] { $count } nodes that serve
} few people: equal shares are taken, since only hydraulics could tell them
sewer-unnamed = with { $probability } % it lies where no node serves enough people to be named
sewer-second-open = one source is reckoned with; that there are two is not excluded (P = { $probability } %): after the first go on beside and above it
sewer-limit =
    .came = a limit of { $came }
    .needed = a finite number above 0 in ng/L
    .next = Leave it out for 1 ng/L.
sewer-station-few =
    .came = { $count ->
        [one] one existing station that serves
       *[other] { $count } existing stations that serve
    } fewer people than the policy asks
    .needed = stations that serve as many
    .next = Leave them out, or name a policy with its reason.
