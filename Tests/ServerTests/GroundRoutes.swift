/// Every route that writes, and why no work reaches the grassroots by it without a ground. A new route that stands in none of
/// the lists fails `GroundTests.everyRoute`: whoever adds one says here whether it sends work down, and if it does, has it
/// ask (`House.requireGround`) and adds an attempt to `GroundTests`.
enum GroundRoutes {
    /// These can send work down, and ask: each is tried by `GroundTests` without and with a ground, or shares the function
    /// that the named one goes through.
    static let ask: Set<String> = [
        "POST /api/v1/cases/{id}/acts", "POST /api/v1/cases/acts", "POST /api/v1/cases/openings",
        "POST /api/v1/patrols", "POST /api/v1/patrol-proposals/{id}", "POST /api/v1/forms/proposals/{id}/decision",
        "POST /api/v1/duty/shifts",
        "POST /cases/{id}/acts", "POST /cases/bulk", "POST /cases/begin/{kind}", "POST /patrols",
        "POST /patrols/proposals/{id}", "POST /forms/proposals/{id}", "POST /duty/shifts", "POST /duty/import",
        // A look that a warning asks for is a patrol plan, kept by the same function.
        "POST /api/v1/warnings/{id}", "POST /warnings/{id}",
        // A phone's entries are acts on matters and go through the same function as those of the page.
        "POST /api/v1/day/entries", "POST /api/v1/day/conflicts/{id}", "POST /day/entries", "POST /day/conflicts/{id}",
    ]

    /// A plan in force is its own ground in law; `EmergencyRules` refuses a plan that names none.
    static let statutory: [String] = ["/api/v1/emergencies", "/emergencies"]

    /// The gate itself: what is asked for here is work only once it was admitted, agreed to or granted.
    static let gate: [String] = [
        "/api/v1/demands", "/demands", "/api/v1/contracts", "/contracts", "/api/v1/mandates", "/mandates",
        "/api/v1/power-grants", "/powers", "/api/v1/forms/direct-requests", "/api/v1/forms/proposals",
        "/forms/proposals/new",
    ]

    /// Told, not ordered: what was set above and what each level laid on top, so that it is seen.
    /// Plaques and assessments are registered with the ground that carries them, and asked for it always.
    static let told: [String] = [
        "/api/v1/targets", "/targets", "/api/v1/plaques", "/plaques", "/api/v1/assessments", "/assessments",
    ]

    /// What residents bring, and what is done about their own matters by those who have them.
    static let residents: [String] = [
        "/api/v1/reports", "/api/v1/complaints", "/api/v1/mine", "/report", "/my", "/mine", "/my-data",
        "/api/v1/my-data", "/clue",
        "/clues",
        "/api/v1/clues", "/api/v1/disputes", "/disputes", "/api/v1/residents", "/resident", "/complaint",
        "/api/v1/follow-ups", "/follow-ups", "/api/v1/site-checks", "/site-checks", "/open311", "/api/v1/sensors",
        // Taken in; it is given to somebody by an act only.
        "/api/v1/cases/imports", "/cases/import", "/cases/report", "/cases/new",
    ]

    /// One's own account, work at one's own level, settings, readings that are noted, posts and bodies.
    static let own: [String] = [
        "/api/v1/account", "/account", "/api/v1/log-in", "/api/v1/log-out", "/login", "/logout", "/appearance",
        "/language", "/api/v1/messages", "/messages", "/api/v1/texts", "/api/v1/tokens", "/tokens", "/api/v1/staff",
        "/staff", "/api/v1/posts", "/api/v1/bodies", "/places", "/api/v1/channels", "/channels", "/api/v1/ledger",
        "/ledger", "/api/v1/registry", "/registry", "/api/v1/views", "/cases/views", "/cases/phone", "/cases/bulk/",
        "/api/v1/cases/search", "/api/v1/repeat-reporters", "/repeat-reporters", "/hot-spots", "/api/v1/mediators",
        "/mediators", "/api/v1/rulings", "/rulings", "/api/v1/duty/shifts/", "/api/v1/duty/calendars",
        "/duty/shifts/", "/duty/calendars", "/api/v1/systems", "/systems", "/api/v1/forms/templates",
        "/forms/templates",
        // What a home is asked comes from forms that were approved; who draws grids gives nobody a task by it.
        "/api/v1/visits", "/visits", "/api/v1/grid-plans", "/api/v1/functional-grids", "/api/v1/grid-communities",
        "/api/v1/grid-barriers", "/api/v1/grid-buildings", "/api/v1/grid-uploads",
        "/grids", "/api/v1/map/outlines", "/api/v1/staffing", "/staffing",
        "/api/v1/pulse", "/pulse",
        "/api/v1/pulse-answers", "/pulse-answers", "/api/v1/budget-lines", "/funds", "/api/v1/assets", "/holdings",
        "/api/v1/workload", "/workload", "/suggestions",
    ]

    /// Acts on something that is there already, which give nothing to anybody below.
    static let harmless: Set<String> = [
        "POST /api/v1/cases", "POST /api/v1/cases/{id}/reveal", "POST /api/v1/cases/{id}/undo",
        "POST /cases/{id}/reveal",
        "POST /cases/{id}/undo", "POST /api/v1/patrols/{id}/stop", "POST /patrols/{id}/stop",
        "POST /api/v1/forms/{key}/rows", "POST /api/v1/forms/{key}/changes", "POST /api/v1/forms/{key}/subscription",
        "POST /forms/{key}", "POST /forms/{key}/export",
    ]

    static func isNamed(_ route: String) -> Bool {
        if ask.contains(route) || harmless.contains(route) { return true }
        guard let path = route.split(separator: " ").last else { return false }
        return [statutory, gate, told, residents, own].joined().contains { prefix in
            prefix.hasSuffix("/") ? path.hasPrefix(prefix) : path == prefix || path.hasPrefix(prefix + "/")
        }
    }
}
