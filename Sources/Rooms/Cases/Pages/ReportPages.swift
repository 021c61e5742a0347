import Desk
import Ground
import Storage
import Web

extension Cases {
    /// Where matters begin, and where residents follow theirs.
    func addReportPages(to routes: Routes) {
        StaffReportPage(cases: self).add(to: routes)
        ResidentReportPage(cases: self).add(to: routes)
        ResidentMatters(cases: self).add(to: routes)
        ComplaintPage(cases: self).add(to: routes)
    }

    /// The coordinates say more exactly where it is, as long as they do not contradict the area that was chosen.
    /// - Throws: a refusal when they lie outside the county: the area would be a guess, and the matter nobody's.
    func located(_ report: Report) throws(Refusal) -> Report {
        if let location = report.location, areas.isElsewhere(location) {
            throw Refusal(
                .ruleBroken, "cases.place-outside",
                LocalizedText("该位置不在本平台服务的区域内", "That place is not in the area this platform serves"),
                wayOn: LocalizedText(
                    "定位有偏差时请去掉位置，选择街道或写明地址；确在外地请向当地 12345 反映",
                    "If it is mistaken, leave the position out and choose the street or write the address; else report it to the hotline 12345 of that place"
                ), field: "location")
        }
        let chosen = report.area ?? house.settings.area
        guard let location = report.location, let area = areas.area(at: location), chosen.contains(area) else {
            return report
        }
        var report = report
        report.area = area
        return report
    }
}
