public import Desk
import Ground
import Hummingbird
import Web

extension Cases {
    public var menu: [MenuEntry] {
        [
            MenuEntry("/home", icon: "house", CaseTexts.home, order: 10),
            MenuEntry("/cases", icon: "list-checks", CaseTexts.cases, right: .caseRead, order: 20),
            MenuEntry("/cases/new", icon: "file-pen", CaseTexts.newReport, right: .caseReport, order: 30),
            MenuEntry("/whistles", icon: "megaphone", WhistlePage.title, right: .caseRead, order: 55),
            MenuEntry("/programmes", icon: "layers", ProgrammesPage.title, right: .programmeSet, order: 56),
            MenuEntry("/rates", icon: "chart-column", RatesPage.title, right: .caseRead, order: 60),
            MenuEntry("/hot-spots", icon: "layers", HotSpotsPage.title, right: .caseDispatch, order: 61),
            MenuEntry("/repeat-reporters", icon: "hand", RepeatReportersPage.title, right: .personalReveal, order: 84),
            MenuEntry("/rulings", icon: "split", RulingsPage.title, right: .caseDispatch, order: 83),
            MenuEntry("/suggestions", icon: "clipboard-check", SuggestionsPage.title, right: .caseRule, order: 82),
            MenuEntry(
                "/cases/import", icon: "upload", LocalizedText("导入工单", "Import work orders"), right: .caseImport,
                order: 80),
        ]
    }

    /// Every page of matters, for staff and for residents.
    func addPages(to routes: Routes) {
        HomePage(cases: self).add(to: routes)
        QueuePage(cases: self).add(to: routes)
        addReportPages(to: routes)
        CasePage(cases: self).add(to: routes)
    }
}
