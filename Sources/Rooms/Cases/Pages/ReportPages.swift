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
    func located(_ report: Report) -> Report {
        let chosen = report.area ?? house.settings.area
        guard let location = report.location, let area = areas.area(at: location), chosen.contains(area) else {
            return report
        }
        var report = report
        report.area = area
        return report
    }
}
