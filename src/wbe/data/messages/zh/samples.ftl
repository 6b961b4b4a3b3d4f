# Samples 数据结构的违例：标题给出数目，每条一行。
samples-no-dimension = 缺少维度“{ $name }”
samples-no-variable = 缺少变量“{ $name }”
samples-no-coordinate = 缺少“sample”上的坐标“{ $name }”
samples-no-column = 表“{ $table }”缺少列“{ $column }”
samples-no-unit = { $variable } 没有 units 属性；应为 { $needed }
samples-unit-refused = 单位不可用：{ $reason }
samples-unit = { $name } 的单位为“{ $came }”；应为“{ $needed }”
samples-dimensions = { $name } 的维度为 { $came }；至多应为 { $needed }
samples-bad-numbers = { $name } 有 { $count } 个负值或无穷值
samples-above-one = { $name } 有 { $count } 个大于 1 的值
samples-unknown-flag = flag 含有 { $known } 以外的值
samples-detected-without-number = { $count } 个结果标为检出，却没有浓度
samples-absent-with-number = { $count } 个结果标为未测、缺失或作废，却带有浓度
samples-unknown-word = { $name } 含有未知取值 { $came }；可用取值：{ $known }
samples-repeated-ids = “{ $dimension }”的编号重复；请为每项单独编号（平行样的点位和时间相同，编号不同）
samples-result-twice = 结果 { $result } 重复给出；请为平行样单独编号
samples-result-of-nobody = 结果表中的样品不在样品表内：{ $samples }
samples-no-times = { $name } 的类型为 { $came }；应为时间（datetime64）
samples-undated = { $count } 个样品没有采样时间
samples-ends-first = { $count } 个样品的 time_end 早于 time
samples-place-missing = { $count } 个样品缺少 { $name }，而其他样品已填写；请全部填写
samples-place-in-two = { $name }“{ $place }”同时属于多个 { $outer }（{ $several }）；请使用能区分的名称
samples-time-not-a-date = { $column }：{ $count } 个单元格不是日期（{ $cells }）；请写成 2021-06-24
samples-time-two-ways = { $column }：{ $cells } 可理解为“日/月”或“月/日”（{ $count } 个）；请写成 2021-06-24
samples-time-month-only = { $column }：{ $cells } 只有月份没有日期（{ $count } 个）；请写采样日，或在 time 写首日、在 time_end 写末日
samples-time-offsets = { $column }：时间带有时差 { $offsets }；请说明污水厂所在时区，如 zone="Asia/Shanghai"
samples-time-zone = 未知时区“{ $zone }”；请写成如“Asia/Shanghai”
