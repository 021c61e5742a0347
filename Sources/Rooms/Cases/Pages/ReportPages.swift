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

    /// A place known by its coordinates only gets the area that is known there.
    func located(_ report: Report) -> Report {
        guard report.area == nil, let location = report.location, let area = areas.area(at: location) else {
            return report
        }
        var report = report
        report.area = area
        return report
    }
}
