# Units: what the door refuses.
units-several = { $count } arguments have a fault in their unit
units-several-meanings = unit '{ $unit }' has several meanings: { $meanings }. Write the one that is meant.
units-unknown = unit '{ $unit }' is not known. Write it as { $near } or another unit listed in the units page of the documentation.
units-per-thousand = unit '{ $unit }' has several readings of '/1000'; write it as mg/d/1000 inhabitant.
units-other-dimension = { $name }: needs '{ $needed }' ({ $needed_kind }), got '{ $came }' ({ $came_kind }). Give the quantity in { $needed } or a unit of the same kind.
units-bare-number = quantity: got a bare number { $came }; write the unit beside it.
units-no-quantity = quantity: got '{ $came }'; needed a number and a unit, e.g. '200 ng/L'.
units-bare = { $name }: got a bare { $kind }; write the unit, e.g. { $example }.
units-no-attribute = { $name }: the DataArray has no 'units' attribute; set { $name }.attrs['units'] = '{ $unit }' or its unit.
