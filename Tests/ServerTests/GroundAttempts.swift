import Desk
import Ground

/// The ways by which somebody above could give a street work, by the interface and by the pages. Each makes what it needs
/// first; only the last step is what is tried.
extension GroundCounty {
    static let attempts: [Attempt] = [
        Attempt(route: "POST /api/v1/cases/{id}/acts") { county, ground in
            try await county.give(try await county.report(), ground)
        },
        // A second time after it was given back, by a ruling: the same question.
        Attempt(route: "POST /api/v1/cases/{id}/acts") { county, ground in
            let id = try await county.report()
            _ = try await county.call("/cases/\(id)/acts", ["act": "refer", "opinion": "请裁定"])
            return try await county.call(
                "/cases/\(id)/acts", ["act": "rule", "body": county.street.text, "opinion": "由街道办", "ground": ground])
        },
        // To push is to send again.
        Attempt(route: "POST /api/v1/cases/{id}/acts") { county, ground in
            try await county.call(
                "/cases/\(try await county.report())/acts", ["act": "supervise", "opinion": "抓紧", "ground": ground])
        },
        Attempt(route: "POST /api/v1/cases/acts") { county, ground in
            try await county.call(
                "/cases/acts",
                [
                    "ids": [try await county.report()],
                    "command": ["act": "dispatch", "body": county.street.text, "ground": ground as Any?]
                        .compactMapValues { $0 },
                ])
        },
        Attempt(route: "POST /cases/{id}/acts") { county, ground in
            try await county.form(
                "/cases/\(try await county.report())/acts",
                ["act": "dispatch", "body": county.street.text, "ground": ground])
        },
        Attempt(route: "POST /cases/bulk") { county, ground in
            let id = try await county.report()
            return try await county.form(
                "/cases/bulk", ["act": "dispatch", "bulk-body": county.street.text, "select": id])
        },
        Attempt(route: "POST /api/v1/cases/openings") { county, ground in
            try await county.call(
                "/cases/openings",
                [
                    "kind": "invitation", "title": "请街道来", "detail": "请准备材料", "body": county.street.text,
                    "ground": ground,
                ])
        },
        Attempt(route: "POST /cases/begin/{kind}") { county, ground in
            try await county.form(
                "/cases/begin/invitation",
                ["title": "请街道来", "detail": "请准备材料", "area": "330106", "body": county.street.text, "ground": ground])
        },
        Attempt(route: "POST /api/v1/patrols") { county, ground in
            try await county.call(
                "/patrols", ["title": "看一遍井盖", "area": area, "everyDays": 7, "ground": ground])
        },
        Attempt(route: "POST /patrols") { county, ground in
            try await county.form(
                "/patrols", ["title": "看一遍井盖", "area": area, "everyDays": "7", "ground": ground])
        },
        Attempt(route: "POST /api/v1/patrol-proposals/{id}") { county, _ in
            try await county.call("/patrol-proposals/\(try await county.patrolProposal())", ["adopt": true])
        },
        Attempt(route: "POST /patrols/proposals/{id}") { county, _ in
            try await county.form(
                "/patrols/proposals/\(try await county.patrolProposal())", ["decision": "adopt"])
        },
        Attempt(route: "POST /api/v1/forms/proposals/{id}/decision") { county, ground in
            try await county.call(
                "/forms/proposals/\(try await county.formProposal(ground))/decision", ["decision": "approve"],
                as: "data")
        },
        Attempt(route: "POST /forms/proposals/{id}") { county, ground in
            try await county.form(
                "/forms/proposals/\(try await county.formProposal(ground))", ["decision": "approve"], as: "data")
        },
        Attempt(route: "POST /api/v1/duty/shifts") { county, _ in
            try await county.call(
                "/duty/shifts",
                [
                    "area": area, "kind": "lead", "person": "测试·streethead", "from": "2030-01-01T08:00:00+08:00",
                    "until": "2030-01-01T20:00:00+08:00",
                ])
        },
        Attempt(route: "POST /duty/shifts") { county, _ in
            try await county.form(
                "/duty/shifts",
                [
                    "area": area, "kind": "lead", "person": "测试·streethead", "from": "2030-01-02 08:00",
                    "until": "2030-01-02 20:00",
                ])
        },
        Attempt(route: "POST /duty/import") { county, _ in
            try await county.upload(
                "/duty/import", "roster",
                "区域代码,值班类别,人员,开始,结束\n\(area),lead,测试·streethead,2030-01-03 08:00,2030-01-03 20:00\n")
        },
    ]
}
