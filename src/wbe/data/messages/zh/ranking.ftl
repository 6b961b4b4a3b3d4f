# 区县排名。
ranking-not-ranked = 未参与排名：{ $reason }
ranking-shared = 与 { $districts } 无法区分先后
ranking-apart = 与其他区县均可区分
