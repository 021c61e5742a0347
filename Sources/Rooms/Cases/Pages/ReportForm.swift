import Desk
import Ground
import Messages
import Web

/// The form in which something is reported, for staff and for residents, and how it is read.
struct ReportForm {
    let cases: Cases
    let visit: Visit
    /// Which areas are offered; nil for all.
    var offered: StaffedAreas?
    /// What was typed into a form that was refused.
    var typed: QueryParameters?
    var refusal: Refusal?

    private func value(_ name: String) -> String? { typed?[name] }
    private func error(_ name: String) -> String? { refusal?.field == name ? refusal.map { visit($0.message) } : nil }

    /// - Parameters:
    ///   - area: within which places are offered.
    ///   - chosen: the one that stands there at first; nil when it must be said.
    func html(
        action: String, draft: String, area: AreaPrefix, chosen: AreaPrefix? = nil, isStaff: Bool, extra: HTML = HTML()
    ) -> HTML {
        let photos = Field.file(
            "photos", visit("照片（可选，最多 \(Photo.mostPerStep) 张）", "Photos (optional, at most \(Photo.mostPerStep))"),
            accept: "image/jpeg,image/png", multiple: true, hint: visit(CaseTexts.photoHint), error: error("photos"))
        return """
            <form class="panel narrow" method="post" action="\(action)" enctype="multipart/form-data" data-draft="\(draft)">\(visit.formFields)\
            \(refusal.map { "<p class=\"notice danger\" role=\"alert\">\(told($0))</p>" })\
            \(photos)\
            \(Field.longText("detail", visit("要反映什么？在哪里、从什么时候开始", "What is it? Where, since when"), value: value("detail"), required: true, maximum: Report.longestDetail, rows: 5, error: error("detail")))\
            \(CaseControls.grouped("area", visit("在哪个街道或社区", "Which street or community"), CaseControls.areas(offered ?? cases.areas, within: area, isTopOffered: chosen != nil), value: value("area") ?? chosen?.code, none: chosen == nil ? visit("不清楚，或不在其中", "I am not sure, or it is not here") : nil, error: error("area")))\
            \(Field.text("address", visit("详细地址（可选）", "Address (optional)"), value: value("address"), maximum: Self.longestAddress, error: error("address")))\
            \(isStaff ? coordinates : ownPlace)\
            \(isStaff ? staffFields : HTML())\(extra)\
            <p>\(Field.submit(visit("提交", "Send")))</p></form>
            """
    }

    /// The refusal in words, and that pictures must be chosen again: no browser sends them twice.
    private func told(_ refusal: Refusal) -> String {
        visit.told(refusal)
            + visit("。您填写的内容仍在，照片请重新选择。", ". What you wrote is still here; please choose photos again.")
    }

    private var locateButton: HTML {
        """
        <button type="button" class="btn" data-locate hidden>\(symbol("map-pin"))<span>\(visit("用我的位置", "Use my place"))</span></button>
        """
    }

    private var coordinates: HTML {
        """
        <div class="bar">\(Field.text("latitude", visit("纬度", "Latitude"), value: value("latitude"), inputMode: "decimal"))\
        \(Field.text("longitude", visit("经度", "Longitude"), value: value("longitude"), error: error("location"), inputMode: "decimal"))\
        \(locateButton)</div>
        """
    }

    /// A resident says where in words, or lets the phone say it: degrees are nothing to type. What could not be read is
    /// not kept, since nobody could see what to mend.
    private var ownPlace: HTML {
        let isWrong = error("location") != nil
        let latitude = isWrong ? "" : value("latitude") ?? ""
        let longitude = isWrong ? "" : value("longitude") ?? ""
        return """
            <div class="bar"><input type="hidden" name="latitude" value="\(latitude)"><input type="hidden" name="longitude" value="\(longitude)">\
            \(locateButton)\(latitude.isEmpty ? HTML() : "<span class=\"hint\">\(visit("已记下您的位置", "Your place is noted"))</span>")</div>\
            \(error("location").map { "<p class=\"error\" id=\"longitude-error\">\($0)\(visit("；请重新点“用我的位置”，或在地址里写明", "; use your place again, or write it as the address"))</p>" })
            """
    }

    private var isForResident: Bool {
        ["reporterName", "reporterPhone", "byPhone"].contains { typed?.filled($0) != nil }
    }

    private var staffFields: HTML {
        """
        \(Field.text("title", visit("标题（可选，默认取内容开头）", "Title (optional)"), value: value("title"), maximum: Report.longestTitle, error: error("title")))\
        \(CaseControls.grouped("category", visit("类别（可选，受理时再定）", "Category (optional)"), CaseControls.leaves(cases.rules.categories, visit.language), value: value("category"), none: visit("未定", "Not yet"), error: error("category")))\
        \(Field.text("occurredAt", visit("发生时间（可选）", "When it happened (optional)"), value: value("occurredAt"), type: "datetime-local", error: error("occurredAt")))\
        <details class="act"\(flag: "open", isForResident)><summary>\(visit("代群众上报", "On behalf of a resident"))</summary>\
        \(Field.text("reporterName", visit("反映人", "Name"), value: value("reporterName"), maximum: 60))\
        \(Field.text("reporterPhone", visit("电话（加密保存，用于告知进展）", "Phone (kept sealed, to tell of progress)"), value: value("reporterPhone"), error: error("reporter.phone"), inputMode: "tel"))\
        \(Field.checkbox("byPhone", visit("来电反映", "They called"), isOn: value("byPhone") == "yes"))</details>
        """
    }

    static let longestAddress = 300

    /// - Throws: a refusal that names the field.
    static func report(_ submission: Submission, channel: Channel) throws(Refusal) -> Report {
        let fields = submission.fields
        var report = Report(
            title: fields.filled("title") ?? "", detail: fields["detail"] ?? "", category: fields.filled("category"),
            address: fields.filled("address"),
            channel: channel == .staff && fields["byPhone"] == "yes" ? .hotline : channel)
        if let area = fields.filled("area") { report.area = try parsedArea(area) }
        guard (report.address?.count ?? 0) <= longestAddress else {
            throw Refusal(
                .ruleBroken, "cases.address-too-long",
                LocalizedText("地址超过 \(longestAddress) 字", "More than \(longestAddress) characters"), field: "address")
        }
        let longitude = fields.filled("longitude")
        let latitude = fields.filled("latitude")
        // One of the two alone is a mistake to tell of, not to drop.
        if longitude != nil || latitude != nil {
            guard let x = longitude.flatMap(Double.init), let y = latitude.flatMap(Double.init),
                let place = Location(longitude: x, latitude: y)
            else {
                throw Refusal(
                    .ruleBroken, "cases.no-place", LocalizedText("经纬度有误", "That is no place on the earth"),
                    wayOn: LocalizedText("可留空，或检查经纬度是否写反", "Leave it empty, or see whether the two are swapped"),
                    field: "location")
            }
            report.location = place
        }
        if let time = fields.filled("occurredAt") {
            guard let instant = Instant(iso8601: time) else {
                throw Refusal(
                    .ruleBroken, "cases.no-time", LocalizedText("时间格式有误", "That is no time"), field: "occurredAt")
            }
            report.reportedAt = instant
        }
        report.reporterName = fields.filled("reporterName")
        if let phone = fields.filled("reporterPhone") {
            guard let number = PhoneNumber(phone) else {
                throw Refusal(
                    .ruleBroken, "cases.no-phone", LocalizedText("电话号码有误", "That is no phone number"),
                    field: "reporter.phone")
            }
            report.reporterPhone = number
        }
        report.photos = try submission.photos("photos")
        return report
    }
}

extension Visit {
    /// Why not, and what to do instead.
    func told(_ refusal: Refusal) -> String {
        self(refusal.message) + (refusal.wayOn.map { self("。", ". ") + self($0) } ?? "")
    }
}
