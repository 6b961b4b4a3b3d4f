# 单位：入口处拒绝的情形。
units-several = { $count } 个参数的单位有误
units-several-meanings = 单位“{ $unit }”有多种含义：{ $meanings }。请写明所指的一种。
units-unknown = 单位“{ $unit }”无法识别。请写作 { $near }，或说明文档“单位”页所列的其他单位。
units-per-thousand = 单位“{ $unit }”中的“/1000”有多种读法；请写作 mg/d/1000 inhabitant。
units-other-dimension = { $name }：应为“{ $needed }”（{ $needed_kind }），实际为“{ $came }”（{ $came_kind }）。请使用 { $needed } 或同类单位。
units-bare-number = quantity：收到没有单位的数值 { $came }；请同时写明单位。
units-no-quantity = quantity：收到“{ $came }”；应为数值加单位，例如“200 ng/L”。
units-bare = { $name }：收到没有单位的 { $kind }；请写明单位，例如 { $example }。
units-no-attribute = { $name }：DataArray 缺少 units 属性；请设置 { $name }.attrs['units'] = '{ $unit }' 或其实际单位。
