# 物质名称。
vocabulary-several-meanings =
    .came = “{ $name }”有多种含义
    .needed = { $options } 之一
    .next = 请在映射文件的 [analytes] 下添加："{ $name }" = "{ $first }"
vocabulary-unknown-substance =
    .came = 未知物质“{ $name }”
    .needed = 已知的毒品或生物标志物{ $near }
    .next = 请更正名称，或在映射文件的 [analytes] 下添加："{ $name }" = "<编号>"（或 "ignore"）
vocabulary-near = （相近：{ $near }）
vocabulary-not-in-sewage =
    .came = “{ $name }”，无法在污水中测定
    .needed = 能留在污水中的物质：气体和挥发性溶剂（{ $group }）会逸散，或无法与其他来源区分，其使用量不能通过污水测定
    .next = 请剔除该物质：在映射文件的 [analytes] 下添加："{ $name }" = "ignore"
