public import Desk

extension Cases {
    public func addRoutes(to routes: Routes) {
        addAPI(to: routes)
        CaseImportPage(cases: self).add(to: routes)
    }
}
