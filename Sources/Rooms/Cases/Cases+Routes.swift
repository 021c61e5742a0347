public import Desk

extension Cases {
    public func addRoutes(to routes: Routes) {
        addPages(to: routes)
        UndoForm(cases: self).add(to: routes)
        addAPI(to: routes)
        addImportAPI(to: routes)
        addResidentAPI(to: routes)
        addRevealAPI(to: routes)
        addPhotosAPI(to: routes)
        addViewsAPI(to: routes)
        RatesPage(cases: self).add(to: routes)
        addRatesAPI(to: routes)
        addSimilarAPI(to: routes)
        addSuggestionsAPI(to: routes)
        addSharesAPI(to: routes)
        SuggestionsPage(cases: self).add(to: routes)
        HotSpotsPage(cases: self).add(to: routes)
        addRepeatsAPI(to: routes)
        RulingsPage(cases: self).add(to: routes)
        addRulingsAPI(to: routes)
        BeginPage(cases: self).add(to: routes)
        WhistlePage(cases: self).add(to: routes)
        ProgrammesPage(cases: self).add(to: routes)
        CaseImportPage(cases: self).add(to: routes)
    }
}
