# 读入：文件中存疑、缺少或错误的内容。
reading-bracket-unknown =
    .came = “{ $header }”，其括号内的“{ $words }”可能改变含义
    .needed = 名称加单位，或含义已知的括号
    .next = 请去掉表头中的括号，或在映射文件 [columns] 下写："{ $header }" = "{ $answer }"（或 "ignore"）
reading-codes-unknown =
    .came = 结果旁“{ $header }”列的代码（{ $words }）未说明含义
    .needed = 每个代码的含义
    .next = 请在映射文件 [columns] 下写："{ $header }" = "ignore"，或 "{ $header }" = {"{"}role = "flag", codes = {"{"}"1" = "detected", "0" = "not_detected"{"}"}{"}"}
reading-words-beside =
    .came = “{ $header }”列中的{ $words }可能表示采样对象或进样类型
    .needed = 含义明确的列
    .next = 请在映射文件 [columns] 下写："{ $header }" = "matrix"（或 "injection"、"ignore"）
reading-units-contradict =
    .came = “{ $header }”列写的 { $role } 单位（{ $words }）与表头的 { $unit } 不一致
    .needed = 同一个 { $role } 单位
    .next = 请统一单位，或在映射文件 [columns] 下写："{ $header }" = "ignore"
reading-ragged-row =
    .came = 有 { $rows } 行的单元格多于表头：{ $headers } 个表头下有 { $cells } 个单元格
    .needed = 单元格数与表头数一致
    .next = 带逗号的数字请加引号，或改用分号分隔。
reading-no-header =
    .came = 没有表头的列中有内容“{ $shown }”，共 { $count } 行
    .needed = 每个有内容的列都有表头
    .next = 请补写该列表头，或删除该列。
reading-result-without-name =
    .came = “{ $header }”列有结果而没有物质名称
    .needed = 每个结果列写明物质
    .next = 请在表头写明物质，或在映射文件 [columns] 下写："{ $header }" = "ignore"
reading-mark-without-result =
    .came = “{ $header }”为标记列，无法确定属于哪个结果
    .needed = 每个结果旁各有标记
    .next = 请把该列放在所属结果之前，或在映射文件 [columns] 下写："{ $header }" = "ignore"
reading-mark-unknown =
    .came = 结果旁“{ $header }”列的“{ $word }”含义不明
    .needed = 符号，或“未检出”等说法
    .next = 请更正，或在映射文件 [columns] 下写："{ $header }" = {"{"}codes = {"{"}"{ $word }" = "detected"{"}"}{"}"}（或其他状态），或 "{ $header }" = "ignore"
reading-row-in-doubt =
    .came = 名为“{ $word }”的行有日期、流量和结果，可能是样品，也可能不是
    .needed = 样品；统计行不写日期和流量
    .next = 请删除该行，或在映射文件 [rows] 下写："{ $word }" = "sample"（或 "total"）
reading-matrix-unknown =
    .came = “{ $header }”列的“{ $word }”是否为进水污水不明
    .needed = 进水、出水、污泥等已知基质
    .next = 请更正，或在映射文件 [columns] 下写："{ $header }" = {"{"}skip = ["{ $word }"]{"}"}，或 "{ $header }" = "ignore"
reading-injection-unknown =
    .came = “{ $header }”列的“{ $word }”是样品还是质控不明
    .needed = 样品、空白、标准等已知类型
    .next = 请更正，或在映射文件 [columns] 下写："{ $header }" = {"{"}skip = ["{ $word }"]{"}"}，或 "{ $header }" = "ignore"
reading-fraction-unknown =
    .came = “{ $header }”列的“{ $word }”是总量还是部分不明
    .needed = 总量、溶解态、悬浮态等已知形态
    .next = 请更正，或在映射文件 [columns] 下写："{ $header }" = {"{"}skip = ["{ $word }"]{"}"}
reading-fraction-alone =
    .came = “{ $header }”列有多种形态（“{ $word }”等）而没有总量
    .needed = 每个样品一个结果
    .next = 请给出总量，或在映射文件 [columns] 下略去："{ $header }" = {"{"}skip = ["{ $word }"]{"}"}
reading-no-sewage =
    .came = 表中没有进水污水样品
    .needed = 进水样品
    .next = 请提供进水样品，或在映射文件中略去该表：[sheets] skip = ["..."]。
reading-loads =
    .came = 物质负荷（{ $unit }），而不是浓度
    .needed = ng/L 等浓度，负荷由此计算
    .next = 已公布的负荷请用 wbe.read_loads(路径) 读取，或提供浓度。
reading-volume-without-time =
    .came = 流量单位未写时间（{ $unit }）
    .needed = m³/d 等流量单位
    .next = 请在表头写明单位；如为日水量，在映射文件 [units] 下写："{ $unit }" = "{ $daily }"
reading-damaged-archive =
    .came = 无法解开的压缩文件（{ $said }）
    .needed = 完整的 .gz 或 .zip 文件
    .next = 请重新压缩，或直接提供表格。
reading-too-large =
    .came = { $size } MB
    .needed = 不超过 { $most } MB
    .next = 请拆分文件。
reading-no-table =
    .came = 没有检测结果表（{ $seen }）
    .needed = 含有物质和浓度的表，按列或按行排列
    .next = 请在映射文件 [columns] 下指明表头；wbe.propose_mapping(路径) 可生成初稿。
reading-other-water =
    .came = “{ $said }”所指并非进水污水
    .needed = 进水样品
    .next = 请去掉该文件；如确为进水，在映射文件 [sheets] 下写：read = ["{ $name }"]
reading-copied-file =
    .came = { $count } 个样品的结果与 { $other } 完全相同（如 { $site }）
    .needed = 每个结果只出现一次
    .next = 请删除重复的文件。
reading-two-versions =
    .came = 样品 { $sample } 的结果与 { $other } 不同
    .needed = 每个样品只有一个版本
    .next = 请删除不采用的版本，或在映射文件中写：[files."{ $this }"] replaces = "{ $other }"
reading-date-among-results =
    .came = 结果中有 { $words }，可能是表格软件把 6.1 之类的数字变成了日期
    .needed = 实测结果
    .next = 请按实验室原始数据重新填写。
reading-unit-missing =
    .came = { $role } 没有单位
    .needed = 单位，如 { $wanted }
    .next = 请在表头写明单位，或在映射文件 [units] 下写：{ $role } = "{ $wanted }"
reading-unit-ambiguous =
    .came = 单位“{ $unit }”有多种含义
    .needed = { $choices } 之一
    .next = 请在映射文件 [units] 下写："{ $unit }" = "{ $wanted }"
reading-unit-wrong =
    .came = { $role } 的单位为“{ $unit }”
    .needed = { $wanted } 或同类单位
    .next = 请更正表头，或按该类单位填写。
reading-constant-unknown =
    .came = 映射文件中 { $role } = “{ $constant }”
    .needed = { $table } 之一
    .next = 请更正映射文件。
reading-cell-no-number =
    .came = “{ $came }”
    .needed = 以 { $unit_of } 计的数字
    .next = 请更正该单元格，或留空。
reading-basis-unknown =
    .came = 映射文件中 population_basis = “{ $constant }”
    .needed = { $population_bases } 之一
    .next = 请更正映射文件。
reading-treated-sewage =
    .came = 处理后的污水样品（{ $name }）
    .needed = 进水污水样品
    .next = 请删除这些行；如并非处理后的水，在映射文件中写：[sites."{ $name_a }"]
reading-end-before-start =
    .came = 采样结束早于开始
    .needed = 结束不早于开始
    .next = 请更正其中之一。
reading-end-no-date =
    .came = “{ $given }”（{ $last }）
    .needed = 日期
    .next = 请更正该单元格。
reading-negative =
    .came = { $role } 为 { $values }
    .needed = 非负数
    .next = 请更正该单元格。
reading-people-without-unit =
    .came = 人口没有单位（{ $values } 可能是人，也可能是万人）
    .needed = 人或万人
    .next = 请在表头写明单位，或在映射文件 [units] 下写：population = "万人"（或 "inhabitant"）
reading-second-column =
    .came = { $role } 有第二列
    .needed = { $role } 只有一列
    .next = 请在映射文件 [columns] 下写："{ $extra }" = "ignore"
reading-results-without-unit =
    .came = 结果没有单位（列：{ $names }）
    .needed = ng/L、μg/L 等单位
    .next = 请在表头写明，例如 甲基苯丙胺（ng/L），或在映射文件 [units] 下写：concentration = "ng/L"
reading-limit-no-number =
    .came = “{ $came }”
    .needed = { $part } 应为数字
    .next = 请更正该单元格。
reading-token-ambiguous =
    .came = { $count } 个结果单元格写有“{ $token }”，有多种含义
    .needed = { $options } 之一
    .next = 请在映射文件 [tokens] 下写："{ $token }" = "{ $next }"
reading-unit-contradicts-header =
    .came = 单位“{ $word }”与 { $index } 表头的“{ $unit }”不一致
    .needed = 同一个单位
    .next = 请更正其中之一。
reading-limit-row-no-number =
    .came = “{ $faults }”作为 { $part }
    .needed = 数字
    .next = 请更正该单元格。
reading-cell-unit-ambiguous =
    .came = “{ $came }”的单位有多种含义
    .needed = 以 ng/L 计的数字
    .next = 请在单元格中写 ng/L。
reading-cell-unit-wrong =
    .came = “{ $came }”
    .needed = 浓度，如 12 ng/L
    .next = 请更正该单元格。
reading-limit-without-unit =
    .came = 结果有多种单位，而 { $role } 没有单位
    .needed = ng/L 等单位
    .next = 请在表头写明单位，或在映射文件 [units] 下写：{ $role_a } = "ng/L"
reading-second-limit-row =
    .came = { $kind } 有第二行且数值不同
    .needed = 其上所有样品共用一行
    .next = 请把每个批次及其限值分成单独的表，或增加限值列。
reading-dilution =
    .came = 结果旁有稀释或浓缩倍数（{ $words }）
    .needed = 已计入倍数的结果
    .next = 请将倍数乘入结果；如已计入，在映射文件 [columns] 下写："{ $name }" = "ignore"
reading-percent-or-share =
    .came = % 下的 { $role } 为 { $small }，可能是 { $small_a } % 或 { $small } %
    .needed = 百分数
    .next = 如为比例（以 1 计），在映射文件 [units] 下写："%" = "1"，否则写 "%" = "percent"
reading-impossible-size =
    .came = { $role } 为 { $values }（“{ $index }”列的 { $given }）
    .needed = 不超过 { $bound }，没有污水厂达到此值
    .next = 请更正数字或表头的单位。
reading-ten-thousand-twice =
    .came = 表头单位已为千或万（{ $index }），单元格又写“{ $word }”
    .needed = { $role } 只用一种单位
    .next = 请去掉数字中的“万”，或去掉表头中的“万”。
reading-impossible-strength =
    .came = { $name } 结果的中位数为 { $np } ng/L
    .needed = 不超过 { $bound } ng/L
    .next = 请更正表头的单位。
reading-merged-number =
    .came = 数字 { $cell } 所在单元格合并了 { $span }，属于不同样品
    .needed = 每个样品各有数字
    .next = 请取消合并，并在每一行分别填写。
reading-second-column-differs =
    .came = { $role } 有内容不同的第二列（{ $first }：“{ $shown }”，{ $second }：“{ $shown_a }”）
    .needed = { $role } 只有一列
    .next = 请在映射文件 [columns] 下写："{ $extra }" = "ignore"
reading-result-without-analyte =
    .came = 结果没有写明物质
    .needed = 毒品或生物标志物
    .next = 请补写该单元格。
reading-rows-disagree =
    .came = { $role } 为 { $given }，而同一样品的另一行为 { $given_a }
    .needed = 每个样品一个值
    .next = 请更正其中之一。
reading-result-without-unit =
    .came = 结果没有单位
    .needed = ng/L 等单位
    .next = 请补写该单元格。
reading-unit-cell-contradicts =
    .came = 单位“{ $word }”与结果表头的“{ $own }”不一致
    .needed = 同一个单位
    .next = 请更正其中之一。
reading-numbered-columns =
    .came = 带编号的列（{ $names }），可能是平行样，也可能是不同样品
    .needed = 编号的含义
    .next = 如为平行样，请在映射文件 [columns] 下写：{ $lines }
reading-personal-data =
    .came = 疑似个人信息的列
    .needed = 污水样品，不含任何个人信息
    .next = 请删除该列，或在映射文件 [columns] 下写："{ $value }" = "ignore"
reading-analyte-twice =
    .came = { $what } 有第二列（第一列为“{ $seen }”）
    .needed = 每种物质一列
    .next = 请在映射文件 [columns] 下写："{ $value }" = "ignore"（或 "{ $analyte } rep 2"）
reading-substance-not-named =
    .came = 结果列没有写明物质
    .needed = 表头、标题或工作表名中的物质名称
    .next = 请写明，或在映射文件 [columns] 下写："{ $value }" = "<id>"
reading-city-beside-districts =
    .came = { $value } 与各区县并列，可能是合计
    .needed = 每个地方只出现一次
    .next = 请略去（映射文件 [sheets] skip = ["..."] 可略去工作表）；如本身是样品，在 [rows] 下写："{ $value }" = "sample"
reading-whole-beside-plants =
    .came = { $shared } 中 { $value } 的整体与其污水厂并列
    .needed = 每个地方只出现一次
    .next = 请略去其一（映射文件 [sheets] skip = ["..."] 可略去工作表）；如两者都是样品，在 [rows] 下写："{ $value }" = "sample"
reading-several-flows =
    .came = 同一 { $by } 同一天有多个流量（第 { $lines } 行）
    .needed = 每个样品一行
    .next = 请删除不成立的行。
reading-clock-unread =
    .came = “{ $word }”，不是时刻
    .needed = 08:30 之类的时刻，或 0 至 23 的小时
    .next = 请改正该单元格，或在映射文件 [columns] 下写："{ $index }" = "ignore"
reading-hours-missing =
    .came = { $site }在样品时段内应有 { $expected } 个数值，只有 { $count } 个
    .needed = 整个时段的流量，或几乎全部小时的数值
    .next = 请补齐缺失的小时，或填写日流量。
reading-marker-twice =
    .came = { $site }的 { $role } 为 { $value }，另一张表中为 { $other }
    .needed = 每个样品一个数值
    .next = 请删除不成立的数值。
reading-flow-of-several-sites =
    .came = 多个点位共用一个流量（{ $sites }）
    .needed = 每个点位各自的流量
    .next = 请在流量旁写明点位。
reading-remark-may-void =
    .came = 备注可能使结果作废（“{ $remarks }”）
    .needed = 有效结果，或单元格中写“作废”
    .next = 请在结果中写“作废”；如结果有效，在映射文件 [columns] 下写："{ $index }" = "ignore"
reading-header-without-rows =
    .came = 只有表头没有数据行
    .needed = 至少一个样品
    .next = 请提供完整的表。
reading-more-faults =
    .came = 还有 { $faults } 处错误
    .needed = 没有错误
    .next = 请先更正前面的错误，再重新读取。
reading-data-set-unknown =
    .came = 数据集“{ $name }”
    .needed = { $known } 之一
    .next = 请使用其中的名称。
reading-agency-loads =
    .came = 欧洲机构公布的人均负荷
    .needed = 浓度和流量
    .next = 请用 wbe.read_loads(路径) 读取。
reading-mapped-file-missing =
    .came = 映射文件所指的文件“{ $name }”
    .needed = { $path } 中的文件
    .next = 请更正映射文件。
reading-cannot-open =
    .came = 无法打开的文件（{ $err }）
    .needed = 可读的文件
    .next = 请检查权限。
reading-nothing-there =
    .came = 文件或文件夹“{ $path }”不存在
    .needed = 样品文件或文件夹
    .next = 请核对路径。
reading-folder-without-table =
    .came = 文件夹“{ $path }”中没有表
    .needed = 至少一个 { $text_kinds } 文件
    .next = 请把实验室的表放入该文件夹。
reading-empty-file =
    .came = 空文件
    .needed = 有表头和数据行的表
    .next = 请重新提供。
reading-file-too-large =
    .came = { $size } MB
    .needed = 不超过 { $max_bytes } MB
    .next = 请拆分文件。
reading-no-workbook-inside =
    .came = 内容不是工作簿的文件
    .needed = { $suffix } 工作簿
    .next = 请用表格软件打开后重新保存。
reading-web-page =
    .came = 以表格命名的网页
    .needed = 表
    .next = 请另存为 xlsx 或 CSV。
reading-too-many-columns =
    .came = { $width } 列
    .needed = 不超过 { $max_columns } 列
    .next = 请检查文件的分隔符。
reading-uncut-line =
    .came = 无法切分的行（{ $err }）
    .needed = 有分隔符的文本
    .next = 请检查是否有未闭合的引号。
reading-workbook-without-cells =
    .came = 没有内容的工作簿
    .needed = 有表头和数据行的表
    .next = 请重新提供。
reading-sheet-too-wide =
    .came = { $width } 列
    .needed = 不超过 { $max_columns } 列
    .next = 请删除表格右侧的内容。
reading-cells-spread =
    .came = 单元格分布到 { $rows } 行、{ $letters } 列
    .needed = 不超过 { $max_cells } 百万个单元格
    .next = 请删除远离表格的零散单元格，或导出为 CSV。
reading-value-repeated =
    .came = 同一值重复了 { $total } 个单元格
    .needed = 检测结果表
    .next = 请删除填充区域，或导出为 CSV。
reading-unpacks-too-large =
    .came = 解压后为 { $total } MB，是原大小的 { $ratio } 倍
    .needed = 不超过 { $max_total } MB 和 { $max_ratio } 倍
    .next = 请删除空白的格式行后重新保存，或导出为 CSV。
reading-sheet-without-part =
    .came = 工作簿中找不到该工作表的单元格内容
    .needed = 完整的工作簿
    .next = 请用电子表格软件打开并重新保存，再读取新文件。
reading-damaged-workbook =
    .came = 损坏的工作簿（{ $err }）
    .needed = 完整的 xlsx 或 ods 文件
    .next = 请重新提供。
reading-protected-workbook =
    .came = 损坏或受保护的工作簿（{ $err }）
    .needed = 完整的工作簿
    .next = 请取消保护后重新保存。
reading-unknown-encoding =
    .came = 既非 UTF-8 也非 GB18030 的字节（首个在第 { $position } 字节）
    .needed = UTF-8 或 GB18030 文本
    .next = 请另存为“CSV UTF-8”。
reading-binary =
    .came = 二进制内容
    .needed = 文本表（CSV 或 TSV）
    .next = 请导出为 CSV 或 xlsx。
reading-place-columns =
    .came = 列 { $names }
    .needed = 列 { $wanted }
    .next = 请补充 { $missing }。
reading-contained-in-unknown =
    .came = contained_in“{ $outer }”
    .needed = 本文件中的单元
    .next = 请补充该单元或更正名称。
reading-weights-above-one =
    .came = { $site } 的份额合计 { $total }（{ $units }）
    .needed = 合计不超过 1：一人不能计入两个单元
    .next = 请更正该厂的份额。
reading-weight-no-share =
    .came = weight“{ $given }”
    .needed = 0 到 1 的比例
    .next = 请更正。
reading-weight-cv =
    .came = weight_cv“{ $given }”
    .needed = 变异系数，不小于 0
    .next = 请更正。
reading-unit-of-place-unknown =
    .came = 单元“{ $given }”
    .needed = units.csv 中的单元
    .next = 请补充该单元或更正名称。
reading-pair-again =
    .came = { $given } 与 { $given_a } 重复出现
    .needed = 每对一行
    .next = 请删除其一。
reading-site-without-place =
    .came = 点位“{ $value }”所在区县“{ $home }”
    .needed = catchments.csv 中的一行，或 units.csv 中的区县
    .next = 请在 catchments.csv 中补一行。
reading-no-place =
    .came = 样品{ $lacks ->
        [both] 没有点位和区县
        [site] 没有点位，而其他样品有
       *[district] 没有区县，而其他样品有
    }
    .needed = 污水厂或区县名称
    .next = 请补写该单元格，或在映射文件 [constants] 下写：district = "..."
reading-no-dates =
    .came = 表中没有采样日期{ $where ->
        [none] {""}
       *[other] （{ $where }）
    }
    .needed = 日期列，或标题、工作表名、文件名中的月份
    .next = 请增加“采样日期”列，或在映射文件 [constants] 下写：date = "2021-06"
reading-date-without-year =
    .came = “{ $shown }”（{ $problem }）
    .needed = 日期，如 2021-06-24 或 2021年6月24日
    .next = 请写明年份，或在映射文件 [constants] 下写：year = 2021
reading-date-either-way =
    .came = “{ $shown }”（{ $problem }）
    .needed = 日期，如 2021-06-24 或 2021年6月24日
    .next = 请写成 2021-06-24，或在映射文件 [options] 下写：day_first = true
reading-date-bare-number =
    .came = “{ $shown }”（{ $problem }）
    .needed = 日期，如 2021-06-24 或 2021年6月24日
    .next = 请写成 2021-06-24，或将表头写为“月份”或“日”。
reading-date-turned =
    .came = “{ $shown }”（{ $problem }）
    .needed = 日期，如 2021-06-24 或 2021年6月24日
    .next = 请将所有日期写成 2021-06-24 这样的文本。
reading-date-offset =
    .came = “{ $shown }”（{ $problem }）
    .needed = 日期，如 2021-06-24 或 2021年6月24日
    .next = 请写当地日期，或在映射文件 [options] 下写：time_zone = "+08:00"
reading-date-blank =
    .came = 没有采样日期
    .needed = 日期，如 2021-06-24 或 2021年6月24日
    .next = 请补写该单元格。
reading-date-unread =
    .came = “{ $shown }”（{ $problem }）
    .needed = 日期，如 2021-06-24 或 2021年6月24日
    .next = 请更正该单元格。
reading-more-dates =
    .came = 还有 { $count } 个同类日期
    .needed = 日期
    .next = 请更正这些单元格。
reading-no-flow-column =
    .came = 表中没有流量列
    .needed = 流量，如 流量（万m³/d）
    .next = 请补填，或在映射文件 [options] 下写：allow_missing_flow = true
reading-no-flow =
    .came = 有结果的样品没有流量
    .needed = 流量，如 流量（万m³/d）
    .next = 请补填，或在映射文件 [options] 下写：allow_missing_flow = true
reading-more-without-flow =
    .came = 还有 { $count } 个样品没有流量
    .needed = 流量，如 流量（万m³/d）
    .next = 请补填，或在映射文件 [options] 下写：allow_missing_flow = true
reading-across =
    .came = 转置的表（样品横向排列），各列可能是区县、点位或样品
    .needed = 横向内容的标签
    .next = 请在映射文件 [columns] 下写："{ $header }" = "district"（或 "site"、"sample"）
reading-across-unnamed =
    .came = 转置的表（样品横向排列），各列可能是区县、点位或样品（{ $header }）
    .needed = 横向内容的标签
    .next = 请在首个单元格写明“区县”“污水厂”或“样品编号”。
reading-header-ambiguous =
    .came = “{ $name }”有多种含义
    .needed = { $options } 之一
    .next = 请在映射文件 [columns] 下写："{ $header }" = "{ $first }"
reading-password =
    .came = 有密码的工作簿（{ $said }）
    .needed = 可以打开的工作簿
    .next = 请取消保护后重新保存。
reading-workbook-damaged =
    .came = 损坏的工作簿（{ $said }）
    .needed = 可以打开的工作簿
    .next = 请取消保护后重新保存。
reading-unit-again =
    .came = 单元“{ $name }”重复
    .needed = 每个单元一行
    .next = 请删除或命名该行。
reading-unit-blank =
    .came = 单元没有名称（{ $name }）
    .needed = 每个单元一行
    .next = 请删除或命名该行。
reading-unit-kind =
    .came = kind“{ $kind }”
    .needed = { $known }
    .next = 请写其中之一。
reading-total-of-districts =
    .came = “{ $word }”一行与其他地方并列，可能是各区县的合计
    .needed = 每个地方只出现一次
    .next = 请删除该行，或在映射文件 [rows] 下写："{ $word }" = "total"（或 "sample"）
reading-sum-of-others =
    .came = “{ $word }”一行的流量等于其他各行之和
    .needed = 每个地方只出现一次
    .next = 请删除该行，或在映射文件 [rows] 下写："{ $word }" = "total"（或 "sample"）
reading-comma-or-thousands =
    .came = 数字中的逗号可能是小数点，也可能是千位分隔符（“{ $shown }”）
    .needed = 统一的小数点
    .next = 请统一写法，或在映射文件 [options] 下写：decimal = ","（或 "."）
reading-point-or-thousands =
    .came = 数字中的点可能是小数点，也可能是千位分隔符（“{ $shown }”）
    .needed = 统一的小数点
    .next = 请统一写法，或在映射文件 [options] 下写：decimal = ","（或 "."）
reading-salt =
    .came = “{ $text }”写的是盐
    .needed = 以游离碱计的浓度
    .next = 请换算；如已按游离碱计，在映射文件 [{ $section }] 下写："{ $text }" = "{ $analyte }"
reading-mapping-absent =
    .came = 文件不存在
    .needed = TOML 格式的映射文件
    .next = 请核对路径。
reading-mapping-unreadable =
    .came = 文本不是 TOML（{ $said }）
    .needed = TOML 格式的映射文件
    .next = 请更正所指的行；文字须加引号。
reading-section-unknown =
    .came = 节 [{ $section }]
    .needed = { $known } 之一
    .next = 请更正映射文件。
reading-section-no-table =
    .came = 节 [{ $section }] = { $given }
    .needed = 由若干答案组成的表
    .next = 请每个答案写一行：名称 = "值"。
reading-answer-columns =
    .came = [{ $section }] 下的“{ $key }”= { $given }
    .needed = 角色（flow、date、district 等）、生物标志物代号或 'ignore'
    .next = 请更正映射文件。
reading-answer-rule =
    .came = [{ $section }] 下的“{ $key }”= { $given }
    .needed = 表，如 {"{"}skip = ["SO"]{"}"} 或 {"{"}codes = {"{"}"1" = "detected"{"}"}{"}"}
    .next = 请更正映射文件。
reading-answer-analytes =
    .came = [{ $section }] 下的“{ $key }”= { $given }
    .needed = 生物标志物代号或 'ignore'
    .next = 请更正映射文件。
reading-answer-substance =
    .came = [{ $section }] 下的“{ $key }”= { $given }
    .needed = 词汇表中没有的物质，写成表，如 {"{"}name = "brodifentanil", family = "nitazene", molar_mass = 396.5{"}"}
    .next = 请更正映射文件。
reading-answer-tokens =
    .came = [{ $section }] 下的“{ $key }”= { $given }
    .needed = { $known } 之一
    .next = 请写其中一种状态。
reading-answer-options =
    .came = [{ $section }] 下的“{ $key }”= { $given }
    .needed = 已知的选项及其类型：{ $known }
    .next = 请更正映射文件。
reading-answer-constants =
    .came = [{ $section }] 下的“{ $key }”= { $given }
    .needed = { $known } 之一
    .next = 请更正映射文件。
reading-answer-units =
    .came = [{ $section }] 下的“{ $key }”= { $given }
    .needed = 加引号的单位
    .next = 请更正映射文件。
reading-answer-rows =
    .came = [{ $section }] 下的“{ $key }”= { $given }
    .needed = 'total' 或 'sample'
    .next = 请更正映射文件。
reading-answer-sheets =
    .came = [{ $section }] 下的“{ $key }”= { $given }
    .needed = skip = ["名称", ...] 或 read = ["名称", ...]
    .next = 请更正映射文件。
reading-answer-tables =
    .came = [{ $section }] 下的“{ $key }”= { $given }
    .needed = 由若干答案组成的表
    .next = 请为每个名称各写一节。
reading-crosstab-key =
    .came = [crosstab] 下的键“{ $key }”
    .needed = { $known } 之一
    .next = 请更正或删除。
reading-crosstab-no-unit =
    .came = 没有写明结果的单位
    .needed = 例如在 [crosstab] 下写 unit = "ng/L"
    .next = 请补上这一行。
reading-crosstab-unit =
    .came = { $key }：{ $said }
    .needed = 质量浓度单位
    .next = 请更正。
reading-crosstab-pattern =
    .came = 模式“{ $pattern }”（{ $said }）
    .needed = 正则表达式
    .next = 请更正。
reading-crosstab-no-sheet =
    .came = 没有工作表“{ $name }”
    .needed = { $known } 之一
    .next = 请更正映射文件。
reading-crosstab-empty =
    .came = 空工作表
    .needed = 分析物按行排列的表
    .next = 请选择其他工作表。
reading-crosstab-no-substances =
    .came = 表头之下没有列出已知物质名称的列
    .needed = 分析物纵向、样品横向排列的表
    .next = 请用 analyte_column 指明该列，并在 analytes 一节写明物质。
reading-crosstab-limit-unit =
    .came = { $said }
    .needed = 检出限或定量限的单位
    .next = 请在 [crosstab] 下写 limit_unit = "ng/L"。
reading-crosstab-limit =
    .came = { $given }
    .needed = 不小于 0 的限值，或留空
    .next = 请更正该单元格。
reading-crosstab-row-again =
    .came = “{ $name }”重复出现
    .needed = 每种物质一行
    .next = 请删除或改名。
reading-crosstab-no-header =
    .came = 结果上方没有表头
    .needed = 结果上方的名称
    .next = 请补写名称或清空该列。
reading-crosstab-variant =
    .came = “{ $name }”
    .needed = 与某个 [[crosstab.variant]] 相符的名称
    .next = 请补充一个 variant。
reading-crosstab-label =
    .came = 标签“{ $label }”与模式不符
    .needed = 每个样品都有标签
    .next = 请更正标签或其模式。
reading-crosstab-date =
    .came = 日期“{ $given }”
    .needed = 每个样品都有日期
    .next = 请更正标签、模式或 date_format。
reading-crosstab-sample-again =
    .came = 样品“{ $name }”重复出现
    .needed = 每个样品有各自的名称
    .next = 请改名或删除其一。
reading-crosstab-no-samples =
    .came = 没有样品列
    .needed = 样品横向排列
    .next = 请核对 first_sample_column。
reading-database-query =
    .came = { $kind ->
        [none] 没有查询语句
       *[other] 查询语句不是读取（“{ $query }”）
    }
    .needed = SELECT 语句，或在映射文件中指明的表
    .next = 请给出 query=...，或写 [database] table = "results"。
reading-database-table =
    .came = table =“{ $name }”
    .needed = 表名
    .next = 请只用字母、数字和 _，或给出查询语句。
reading-database-no-substances =
    .came = 查询结果中没有物质
    .needed = 含物质和浓度的列
    .next = 请在查询中为列命名，如 meth AS "methamphetamine (ng/L)"。
reading-database-too-long =
    .came = 超过 { $most } 行
    .needed = 较小的查询结果
    .next = 请用 WHERE 限定日期。
reading-database-variable =
    .came = 没有环境变量“{ $name }”
    .needed = 保存数据库 URL 的环境变量
    .next = 请设置后重试。
reading-database-url =
    .came = 文本不是数据库 URL
    .needed = 例如 sqlite:///lab.db 或 postgresql://reader@host/lab
    .next = 请更正 URL；因可能含有密码，此处不重复其内容。
reading-database-absent =
    .came = 数据库不存在
    .needed = SQLite 文件
    .next = 请核对路径。
reading-database-said =
    .came = { $said }
    .needed = 能够执行查询的数据库
    .next = 请核对主机、库名、用户和查询语句，并确认服务器在运行。
reading-why-no-year = 未写年份
reading-why-years-differ = 未写年份，且{ $said }
reading-why-months-differ = 月份互相矛盾：{ $said }
reading-why-says = { $where ->
    [title] 标题为 { $said }
    [sheet-name] 工作表名为 { $said }
   *[file-name] 文件名为 { $said }
}
reading-why-shows = { $where ->
    [title] 标题为 { $said }
    [sheet-name] 工作表名为 { $said }
   *[file-name] 文件名为 { $said }
}
reading-why-no-such-day = 日历中没有这一天
reading-why-ends-first = 时段的结束早于开始
reading-why-not-understood = 无法识别的日期
reading-why-either-way = 日与月的先后不明
reading-why-bare-number = 单个数字可能是日，也可能是月
reading-why-offset = 带时差的时刻，当地日期不明
reading-why-clock-alone = 只有时刻没有日期
reading-why-blank = 空白
reading-why-ten-or-one = 可能是一月，也可能是十月
reading-why-turned = 日与月可能被对调
reading-why-year-outside = 年份 { $year } 不在 { $first } 至 { $last } 之间
reading-why-number = 数字 { $number } 不是日期
reading-why-end = 结束“{ $end }”无法识别为日期
reading-why-type = { $type } 类型的值不是日期
reading-why-no-month = 数字 { $number } 不是月份
