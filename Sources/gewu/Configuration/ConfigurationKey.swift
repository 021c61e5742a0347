import Ground

/// Everything an installation can set, under the name it has in `gewu.yaml`.
enum ConfigurationKey: String, CaseIterable, Sendable {
    case database
    case listen
    case tlsCertificate = "tls.certificate"
    case tlsKey = "tls.key"
    case area
    case titleChinese = "title.zh"
    case titleEnglish = "title.en"
    case rules
    case assets
    case keys
    case outbox
    case secureCookies
    case trustedProxies
    case uploadLimit
    case logLevel
    case demonstration
    case metricsToken
    case connections = "limits.connections"
    case inFlight = "limits.inFlight"
    case requestSeconds = "limits.requestSeconds"
    case stopSeconds = "limits.stopSeconds"

    /// `tls.certificate` is `GEWU_TLS_CERTIFICATE`.
    var environmentName: String {
        var name = "GEWU_"
        for character in rawValue {
            if character == "." {
                name += "_"
            } else if character.isUppercase {
                name += "_" + String(character)
            } else {
                name += character.uppercased()
            }
        }
        return name
    }

    /// What holds when nobody sets it; nil when there is nothing then.
    var standard: String? {
        switch self {
        case .database: "sqlite:gewu.sqlite"
        case .listen: "127.0.0.1:8080"
        case .titleChinese: "格物"
        case .titleEnglish: "Gewu"
        case .keys: "gewu.keys"
        case .outbox: "outbox.jsonl"
        case .secureCookies: "true"
        case .uploadLimit: "20 MB"
        case .logLevel: "info"
        case .demonstration: "false"
        case .connections: "4000"
        case .inFlight: "512"
        case .requestSeconds: "120"
        case .stopSeconds: "30"
        case .tlsCertificate, .tlsKey, .area, .rules, .assets, .trustedProxies, .metricsToken: nil
        }
    }

    var meaning: LocalizedText {
        switch self {
        case .database: LocalizedText("数据库：sqlite:文件 或 postgres://…", "database: sqlite:FILE or postgres://…")
        case .listen: LocalizedText("监听地址:端口", "address:port to listen on")
        case .tlsCertificate: LocalizedText("TLS 证书链（PEM 文件）", "TLS certificate chain (PEM file)")
        case .tlsKey: LocalizedText("TLS 私钥（PEM 文件）", "TLS private key (PEM file)")
        case .area: LocalizedText("本县区划代码（2–15 位）", "division code of the county served")
        case .titleChinese: LocalizedText("页面标题（中文）", "title of the pages, Chinese")
        case .titleEnglish: LocalizedText("页面标题（英文）", "title of the pages, English")
        case .rules: LocalizedText("本县规则目录，覆盖随附规则", "the county's own rules, over the shipped ones")
        case .assets: LocalizedText("本县页面资源目录（逗号分隔）", "further folders of browser files, comma-separated")
        case .keys: LocalizedText("密钥文件（首次启动时生成）", "key file (made at first start)")
        case .outbox: LocalizedText("未配置发送通道时短信写入的文件", "file that takes messages while no sender is set")
        case .secureCookies: LocalizedText("Cookie 仅经 TLS 发送", "cookies only over TLS")
        case .trustedProxies: LocalizedText("可信代理地址（逗号分隔）", "proxies whose X-Forwarded-For is believed")
        case .uploadLimit: LocalizedText("单次上传上限", "largest request body")
        case .logLevel: LocalizedText("日志级别：trace…critical", "log level: trace … critical")
        case .demonstration: LocalizedText("演示环境", "a demonstration with invented people")
        case .metricsToken: LocalizedText("从其他机器读取 /metrics 的口令", "bearer token for /metrics from elsewhere")
        case .connections: LocalizedText("最大连接数", "connections at once")
        case .inFlight: LocalizedText("同时处理的请求数", "requests handled at once")
        case .requestSeconds: LocalizedText("接收一个请求的最长秒数", "seconds in which a request must have arrived")
        case .stopSeconds: LocalizedText("停止时最多等待秒数", "seconds that stopping may take")
        }
    }

    var isPath: Bool {
        switch self {
        case .tlsCertificate, .tlsKey, .rules, .keys, .outbox, .assets: true
        default: false
        }
    }

    /// The known name that was most likely meant.
    static func nearest(to name: String, among names: [String]) -> String? {
        names.map { ($0, distance(Array(name.lowercased()), Array($0.lowercased()))) }
            .min { $0.1 < $1.1 }.flatMap { $0.1 <= max(2, name.count / 2) ? $0.0 : nil }
    }

    /// Levenshtein's distance: how many letters must change.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = a == b ? diagonal : 1 + min(diagonal, above, row[j])
                diagonal = above
            }
        }
        return row[right.count]
    }
}
